#!/bin/bash
# The map of files in CONTRIBUTING.md is true: each source file has its line, and each line has its file. A line is
# `| file | sentence |`; `name.[ch]` stands for both.
set -u
cd "$srcdir" || exit 1
map=CONTRIBUTING.md
mapped() { sed -nE 's/^\| `([^`]+)` \| .*[^ |].* \|$/\1/p' "$map" | grep / | grep -v '/$' | sed -E 's/(.*)\.\[ch\]$/\1.c\n\1.h/'; }
# In a clone what git knows, in a release what the folders hold.
sources() {
  { git ls-files 2>/dev/null | grep . || find backend tui widgets tests -type f | sed 's,^\./,,'; } |
    grep -E '^(backend|tui|widgets)/.*\.[ch]$|^tests/(unit|layers|e2e|bench|fuzz|faulty)/.*\.(c|h|sh|t)$|^tests/(bench/)?run$' |
    while IFS= read -r f; do [ -e "$f" ] && echo "$f"; done
}
n=0 bad=0
ok() {
  n=$((n + 1))
  if [ -z "$2" ]; then echo "ok $n - $1"; else
    bad=$((bad + 1))
    echo "not ok $n - $1"
    printf '%s\n' "$2" | sed 's/^/# /'
  fi
}
ok "there are files" "$([ "$(sources | wc -l)" -gt 100 ] || echo "only $(sources | wc -l)")"
ok "each file has a line in $map" "$(LC_ALL=C comm -23 <(sources | LC_ALL=C sort -u) <(mapped | LC_ALL=C sort -u))"
ok "each line has a file" "$(mapped | while IFS= read -r f; do [ -e "$f" ] || echo "$f"; done)"
ok "no file has two" "$(mapped | sort | uniq -d)"
echo "1..$n"
[ "$bad" -eq 0 ]

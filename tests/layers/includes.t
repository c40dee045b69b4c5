#!/bin/bash
# Includes follow the flow: base ◄ spec ◄ host ◄ plan ◄ job, registry beside host, sim on base alone, widgets on nothing.
# And the calls that this project does without are not there.
set -u
cd "$srcdir" || exit 1
n=0 bad=0
ok() {
  n=$((n + 1))
  if [ -z "$2" ]; then echo "ok $n - $1"; else
    bad=$((bad + 1))
    echo "not ok $n - $1"
    printf '%s\n' "$2" | sed 's/^/# /'
  fi
}

# layer FOLDER FOLDERS…: files of FOLDER include headers of these folders only (its own first).
layer() {
  local folder=$1 allowed
  [ -d "$folder" ] || return 0
  allowed=$(printf '|%s' "$@")
  ok "$folder includes nothing of ours but ${*:2}${2:+ and }itself" "$(grep -rnE '^#[[:space:]]*include[[:space:]]+"' --include='*.[ch]' "$folder" |
    grep -vE "\"(${allowed#|})/[A-Za-z0-9_.-]+\"")"
}
layer backend/base
layer backend/spec backend/base
layer backend/host backend/base backend/spec
# The facts of an image are a value that plans and screens read: a header without code.
layer backend/registry backend/base backend/spec
layer backend/plan backend/base backend/spec backend/host backend/registry
layer backend/job backend/base backend/spec backend/host backend/registry backend/plan
layer backend/sim backend/base
layer widgets
ok "nothing in backend includes curses or tui/" "$(grep -rnE '#[[:space:]]*include.*(curses|panel\.h|"tui/|"widgets/)' backend)"
ok "only the simulator and tests serve HTTP" \
  "$(grep -rlE '#[[:space:]]*include.*microhttpd' backend tui widgets 2>/dev/null | grep -v '^backend/sim/')"

ok "each source file stands in Makefile.am" "$(find backend tui widgets tests/e2e tests/bench -name '*.[ch]' 2>/dev/null |
  while IFS= read -r f; do grep -qE "[[:space:]]$f( |\$)" Makefile.am || echo "$f"; done)"

folders=$(ls -d backend widgets tui tests 2>/dev/null)
# shellcheck disable=SC2086
ok "no strcpy, strcat, sprintf, gets, system, popen" \
  "$(grep -rnE '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|gets|system|popen)[[:space:]]*\(' --include='*.[ch]' $folders)"
# shellcheck disable=SC2086
ok "no function over 80 lines" "$(find $folders -name '*.c' -exec awk '
  FNR == 1 { start = 0 }
  /^\{/ { start = FNR }
  /^\}/ { if (start && FNR - start > 81) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }' {} +)"
echo "1..$n"
[ "$bad" -eq 0 ]

#!/bin/bash
# The demo's registry with the real skopeo: it lists, inspects and pulls through the same setting as a homelab's
# pull-through cache, what comes is whole, and no registry is left behind.
set -u
sim=$builddir/tengil-sim
demo=$TEST_DIR/demo
jellyfin=docker.io/jellyfin/jellyfin
n=0 bad=0

check() { # check NAME COMMAND…
  local name=$1
  shift
  n=$((n + 1))
  if "$@" >"$TEST_DIR/out" 2>&1; then echo "ok $n - $name"; else
    bad=$((bad + 1))
    echo "not ok $n - $name"
    tail -n 20 "$TEST_DIR/out" | sed 's/^/# /'
  fi
}
http() { curl -sS --max-time 20 "$@"; }
status() { http -o /dev/null -w '%{http_code}' "$@"; }
equal() { [ "$1" = "$2" ] || { echo "got $1, wanted $2" && return 1; }; }
pid() { # of this demo's registry: its command line ends in the folder
  local p
  for p in /proc/[0-9]*; do
    tr '\0' ' ' 2>/dev/null <"$p/cmdline" | grep -qF "registry $demo " && echo "${p#/proc/}"
  done
  return 0
}

# skopeo knows the registry as the mirror only. HOME is ours, so that nothing of the machine's settings counts.
export HOME=$TEST_DIR
skopeo() { command skopeo --registries-conf "$TEST_DIR/registries.conf" --insecure-policy "$@"; }
mirror() {
  local r
  for r in docker.io ghcr.io; do
    printf '[[registry]]\nprefix = "%s"\nlocation = "%s"\n[[registry.mirror]]\nlocation = "127.0.0.1:%s/%s"\ninsecure = true\n' \
      "$r" "$r" "$port" "$r"
  done >"$TEST_DIR/registries.conf"
}
oci='Accept: application/vnd.oci.image.index.v1+json'

"$sim" init "$demo" --empty || exit 1
exec 9<"$demo/lock"
flock -s 9

check "it starts" "$sim" registry "$demo"
port=$(cat "$demo/registry.port")
base=http://127.0.0.1:$port/v2
mirror
first=$(pid)
check "a second start finds it" "$sim" registry "$demo"
check "and starts no other" equal "$(pid)" "$first"
check "it has nothing of its caller's open" bash -c "! ls -l /proc/$first/fd | grep -E ' ($demo/lock|/dev/pts|$TEST_DIR/out)\$'"
check "the settings name it" grep -qF "mirror: 127.0.0.1:$port/ghcr.io" "$demo/config.yaml"
check "it listens on loopback alone" equal "$(awk -v p=":$(printf %04X "$port")\$" '$4 == "0A" && $2 ~ p { print $2 }' /proc/net/tcp /proc/net/tcp6)" "0100007F:$(printf %04X "$port")"

# Tags, page by page.
tags() {
  local url="/v2/$jellyfin/tags/list?n=7" page
  while [ -n "$url" ]; do
    page=$(http -D "$TEST_DIR/head" "http://127.0.0.1:$port$url")
    tr -d '{}"]' <<<"${page#*[}" | tr ',' '\n'
    url=$(tr -d '\r' <"$TEST_DIR/head" | sed -nE 's/^Link: <([^>]*)>; rel="next"$/\1/p')
  done
}
all=$(tags)
check "pages of tags add up" equal "$all" "$(http "$base/$jellyfin/tags/list" | sed 's/.*\[//' | tr -d ']}"' | tr ',' '\n')"
check "they come in order and once" equal "$all" "$(LC_ALL=C sort -u <<<"$all")"
for tag in latest 10 10.11 10.11.2 10.10.7 unstable; do
  check "there is a tag $tag" grep -qxF "$tag" <<<"$all"
done
# skopeo asks no mirror for tags, so it is given the registry's own address.
check "skopeo lists them" bash -c "command skopeo list-tags --tls-verify=false docker://127.0.0.1:$port/$jellyfin | grep -q '\"10.11.2\"'"

# Manifests: what is asked for by name, and nothing else.
check "a manifest of a kind that is not accepted is none" equal "$(status -H 'Accept: */*' "$base/$jellyfin/manifests/latest")" 404
check "six lines of Accept are one list" equal "$(status \
  -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' -H 'Accept: application/vnd.docker.distribution.manifest.v1+json' \
  -H 'Accept: application/vnd.oci.image.manifest.v1+json' -H "$oci" -H 'Accept: application/json' -H 'Accept: text/plain' \
  "$base/$jellyfin/manifests/latest")" 200
digest() { http -I -H "$oci" "$base/$jellyfin/manifests/$1" | tr -d '\r' | sed -n 's/^Docker-Content-Digest: //p'; }
latest=$(digest latest)
check "latest is 10.11.2" equal "$(digest 10.11.2)" "$latest"
check "10.11.1 is another" test "$(digest 10.11.1)" != "$latest"
check "its digest is that of its bytes" equal "sha256:$(http -H "$oci" "$base/$jellyfin/manifests/latest" | sha256sum | cut -d' ' -f1)" "$latest"
check "a known one is not sent again" equal "$(status -H "$oci" -H "If-None-Match: \"$latest\"" "$base/$jellyfin/manifests/latest")" 304
check "no such tag" equal "$(status -H "$oci" "$base/$jellyfin/manifests/9.9")" 404
check "no such repository" equal "$(status "$base/docker.io/no/such/tags/list")" 404
check "it takes nothing" equal "$(status -X POST "$base/$jellyfin/blobs/uploads/")" 405

# The image, pulled and looked into.
check "skopeo inspects" bash -c "$(declare -f skopeo); skopeo inspect --no-tags docker://$jellyfin:10.11.2 | grep -qF 'JELLYFIN_DATA_DIR=/config'"
check "skopeo inspects the other architecture" bash -c "$(declare -f skopeo); skopeo --override-arch arm64 inspect --no-tags docker://$jellyfin:10.11.2 | grep -q '\"arm64\"'"
check "skopeo pulls" skopeo copy --override-arch amd64 "docker://$jellyfin:10.11.2" "oci:$TEST_DIR/layout:x"
verify() { (cd "$TEST_DIR/layout/blobs/sha256" && for b in *; do equal "$(sha256sum "$b" | cut -d' ' -f1)" "$b" || exit 1; done && gzip -t <"$(ls -S | head -n1)"); }
check "each blob is what its name says" verify
big=$(cd "$TEST_DIR/layout/blobs/sha256" && ls -S | head -n1)
config=$(skopeo inspect --config --raw "docker://$jellyfin:10.11.2")
for word in '"Entrypoint":["/jellyfin/jellyfin"]' '"/config":{}' '"/cache":{}' '"8096/tcp":{}'; do
  check "its config has $word" grep -qF "$word" <<<"$config"
done
check "skopeo pulls from ghcr.io" skopeo copy docker://ghcr.io/immich-app/immich-server:v2.2.3 "oci:$TEST_DIR/immich:x"

# A second tag shares layers.
count() { grep -c "\"GET .*/blobs/" "$demo/registry.log"; }
before=$(count)
check "skopeo pulls the tag before" skopeo copy --override-arch amd64 "docker://$jellyfin:10.11.1" "oci:$TEST_DIR/layout:y"
check "and fetches its two new layers and its config" equal $(($(count) - before)) 3

# Ranges.
whole=$base/$jellyfin/blobs/sha256:$big
size=$(stat -c %s "$TEST_DIR/layout/blobs/sha256/$big")
part() { cmp <(http -H "Range: bytes=$1" "$whole") <(tail -c +$(($2 + 1)) "$TEST_DIR/layout/blobs/sha256/$big" | head -c "$3"); }
check "bytes from the middle" part 1000-1999 1000 1000
check "bytes from there to the end" part $((size - 77))- $((size - 77)) 77
check "the last bytes" part -5 $((size - 5)) 5
check "a part says that it is one" equal "$(status -H 'Range: bytes=0-9' "$whole")" 206
check "beyond the end is nothing" equal "$(status -H "Range: bytes=$size-" "$whole")" 416

# It ends with the last holder of the folder's lock.
( exec 8<"$demo/lock" && flock -s 8 && exec sleep 3 ) &
second=$!
exec 9<&-
sleep 1.5
check "it lives while another holds the lock" test -d "/proc/$first"
wait "$second"
ended() { for _ in {1..300}; do [ -d "/proc/$first" ] || return 0; sleep 0.1; done; return 1; }
check "it ends when nobody does" ended
check "its port is free again" bash -c "! curl -s http://127.0.0.1:$port/v2/"

# Its images can be thrown away meanwhile: it makes the same ones again.
rm -r "$demo/registry"
exec 9<"$demo/lock"
flock -s 9
check "it starts again" "$sim" registry "$demo"
check "at the port of the last time" equal "$(cat "$demo/registry.port")" "$port"
check "and makes the same image" equal "$(digest latest)" "$latest"
first=$(pid)
exec 9<&-
check "and ends again" ended
echo "1..$n"
[ "$bad" -eq 0 ]

#!/bin/bash
# What was fetched once is not fetched again, and what is damaged is noticed: counted in the registry's log.
. "$srcdir/tests/e2e/lib.sh"
images
registry_start
proxy_start
simhost "$PROXY"

# 200 MB in four layers, and a second tag that shares all of them and has one of 40 kB more.
(
  set -e
  cp -a "$IMAGES" "$TEST_DIR/L"
  for i in 1 2 3 4; do
    head -c 50M /dev/urandom >blob
    umoci insert --image L:app --tag app blob "/opt/$i"
  done
  umoci tag --image L:app large1
  head -c 40960 /dev/urandom >blob
  umoci insert --image L:app --tag large2 blob /opt/small
  rm blob
) >large.log 2>&1 || { sed 's/^/# /' large.log; exit 1; }
IMAGES=$TEST_DIR/L
push large1 demo/large:1
push large2 demo/large:2

layers() { skopeo inspect --no-tags --raw --tls-verify=false "docker://127.0.0.1:$REGISTRY/demo/large:$1" | jq -r '.layers[].digest'; }
config() { skopeo inspect --no-tags --raw --tls-verify=false "docker://127.0.0.1:$REGISTRY/demo/large:$1" | jq -r .config.digest; }
cache=$TENGIL_ROOT/var/lib/vz/template/cache
file() { echo "$cache/docker.io_demo_large_${1}_amd64.tar"; }
valid() { skopeo --insecure-policy copy -q "oci-archive:$(file "$1")" "dir:$(mktemp -d -p "$TEST_DIR")"; }
layers 1 | sort >layers1
layers 2 | sort >layers2
blob() { echo "$TENGIL_CACHE_DIR/blobs/sha256/${1#sha256:}"; }
# Fetched layers since a mark; the config is asked for by whoever looks at the image, so it is left out.
fetched_layers() { blobs_fetched "$1" | grep -vF -e "$(config 1)" -e "$(config 2)"; }
# One of the large ones: the order by digest may put the small first layer anywhere.
big=$(skopeo inspect --no-tags --raw --tls-verify=false "docker://127.0.0.1:$REGISTRY/demo/large:1" | jq -r '.layers | max_by(.size).digest')

# --- a pull that is killed at half, then repeated
proxy_rules "stall 20000000 - $big"
tengil pull demo/large:1 >pull.out 2>pull.err &
own $!
caller=$!
wait_text pull.err '^job '
job=$(sed -n 's/^job //p' pull.err)
others_there() { grep -vF "$big" layers1 | while read -r l; do [ -f "$(blob "$l")" ] || return 1; done; }
ok "the other layers come in" wait_until others_there
skopeo_pid=$(pgrep -f "skopeo.*$TENGIL_CACHE_DIR/blobs")
ok "skopeo runs" kill -9 "$skopeo_pid"
wait "$caller"
is "a killed pull has failed" "$?" 1
is "and its job says so" "$(job_field "$job" state)" failed
ok "no file has the final name" test ! -e "$(file 1)"
is "nothing half made is left" "$(find "$TENGIL_CACHE_DIR/pull" "$cache" -mindepth 1)" ""

proxy_rules
mark=$(registry_mark)
run tengil pull demo/large:1
is "repeated, it comes to its end" "$code" 0
is "and fetches the one layer that was not finished" "$(fetched_layers "$mark")" "$big"
ok "the archive is whole" valid 1

# --- the second tag
mark=$(registry_mark)
run tengil pull demo/large:2
is "the second tag" "$code" 0
is "fetches its own layer only" "$(fetched_layers "$mark")" "$(comm -13 layers1 layers2)"
bytes=$(registry_requests | tail -n "+$((mark + 1))" | awk '{ n += $4 } END { print n }')
ok "40 kB and the manifest and config: $bytes bytes" test "$bytes" -lt 100000
ok "its archive is whole" valid 2

mark=$(registry_mark)
run tengil pull demo/large:1
is "the same tag again" "$code" 0
is "fetches no layer" "$(fetched_layers "$mark")" ""

# --- damage in the cache
truncate -s 1000 "$(blob "$big")"
run tengil pull demo/large:1
is "a truncated blob: the pull comes to its end" "$code" 0
ok "the archive is whole all the same" valid 1
is "the blob is mended" "sha256:$(sha256sum <"$(blob "$big")" | cut -d' ' -f1)" "$big"
printf X | dd of="$(blob "$big")" bs=1 seek=30000000 conv=notrunc status=none
mark=$(registry_mark)
run tengil pull demo/large:1
is "a flipped byte: the pull comes to its end" "$code" 0
is "it was fetched anew, and it alone" "$(fetched_layers "$mark")" "$big"
ok "the archive is whole again" valid 1

# --- what the registry does wrong
rm -f "$(blob "$big")"
proxy_rules "flip 1000 - $big"
run tengil pull demo/large:1
is "a blob that comes damaged fails the pull" "$code" 1
ok "with a reason" grep -qiE 'digest' out err
ok "the older archive is whole" valid 1
ok "the damaged blob was not kept" test ! -e "$(blob "$big")"
proxy_rules "cut 5000000 1 $big"
run tengil pull demo/large:1
case $code in
0) ok "a cut connection: this skopeo goes on where it was" valid 1 ;;
*) ok "a cut connection fails the pull with its reason" grep -q 'EOF' out ;;
esac
proxy_rules "bearer 60 - -"
run tengil pull demo/large:1
is "a token is fetched where one is demanded" "$code" 0
proxy_rules "status 500 - /manifests/"
run tengil pull demo/large:1
is "an error of the registry fails it" "$code" 1
ok "the older archive is whole still" valid 1
is "nothing half made is left at the end" "$(find "$TENGIL_CACHE_DIR/pull" -mindepth 1; find "$cache" -name '*.tmp*')" ""
done_testing

#!/bin/bash
# The proxy does what the other tests rely on: the real skopeo and curl against each of its rules.
. "$srcdir/tests/e2e/lib.sh"
images
registry_start
push app demo/app:latest
push app demo/app:a
push app demo/app:b
push big1 demo/big:1
proxy_start

at=http://127.0.0.1:$PROXY
get() { curl -s --noproxy '*' "$@"; }
copy() { skopeo --insecure-policy copy --src-tls-verify=false "docker://127.0.0.1:$PROXY/demo/$1" "oci:$2"; }
layer=$(skopeo inspect --tls-verify=false --no-tags "docker://127.0.0.1:$PROXY/demo/big:1" | jq -r '.Layers[1]')
blob=$at/v2/demo/big/blobs/$layer
size=$(get "$blob" | wc -c)

ok "hands an image on" copy app:latest one
is "a blob comes whole" "sha256:$(get "$blob" | sha256sum | cut -d' ' -f1)" "$layer"
ok "logs requests with status and bytes" grep -qE "^GET /v2/demo/big/blobs/$layer 200 $size$" "$PROXY_LOG"
is "hands ranges on" "$(get -r 5-9 "$blob" | wc -c)" 5
is "HEAD tells the length" "$(get -I "$blob" | tr -d '\r' | sed -n 's/^Content-Length: //ip')" "$size"

proxy_rules "cut 1000 1 $layer"
is "cuts after so many bytes" "$(get "$blob" | wc -c)" 1000
is "and only as often as asked" "$(get "$blob" | wc -c)" "$size"

proxy_rules "flip 100 - $layer"
is "flips one byte" "$(cmp -l <(get "$blob") <(get "http://127.0.0.1:$REGISTRY/v2/demo/big/blobs/$layer") | wc -l)" 1
run copy big:1 flipped
is "skopeo notices it" "$code" 1
has "and says so" err "Digest did not match"

proxy_rules "status 429 2 /manifests/"
accept='Accept: application/vnd.oci.image.manifest.v1+json'
is "answers 429 so many times" "$(for _ in 1 2 3; do get -o /dev/null -w '%{http_code} ' -H "$accept" $at/v2/demo/app/manifests/latest; done)" \
  "429 429 200 "
proxy_rules "refuse 0 - -"
run get $at/v2/
is "closes without an answer" "$code" 52

proxy_rules "page 2 - -"
is "pages tags" "$(get "$at/v2/demo/app/tags/list" | jq -c .tags)" '["a","b"]'
is "names the next page" "$(get -D - -o /dev/null "$at/v2/demo/app/tags/list" | tr -d '\r' | grep -i ^link:)" \
  'Link: </v2/demo/app/tags/list?last=b&n=2>; rel="next"'
is "the last page has no next" "$(get -D - "$at/v2/demo/app/tags/list?last=b&n=2" | tr -d '\r' | grep -ciE '^link:|latest')" 1

proxy_rules "bearer 60 - -"
is "demands a token" "$(get -o /dev/null -w '%{http_code}' $at/v2/demo/app/tags/list)" 401
ok "skopeo gets one" copy app:latest two
is "one token for a repository" "$(grep -c '^GET /token' "$PROXY_LOG")" 1
token=$(get "$at/token?scope=repository%3Ademo%2Fother%3Apull" | jq -r .token)
is "one for another repository is refused" \
  "$(get -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" $at/v2/demo/app/tags/list)" 401

proxy_rules "stall 5000 - $layer"
get -N "$blob" >stalled &
own $!
has_size() { [ "$(stat -c %s "$1")" -eq "$2" ]; }
gone() { ! kill -0 "$1"; }
ok "stalls after so many bytes" wait_until has_size stalled 5000
proxy_rules
wait_until gone "${own_pids[-1]}"
is "and goes on when the rules change" "$(stat -c %s stalled)" "$size"

proxy_rules "slow 4000000 - $layer"
began=$(date +%s%N)
get "$blob" >/dev/null
ms=$((($(date +%s%N) - began) / 1000000))
ok "slows down ($ms ms for $size bytes)" test $ms -ge $((size / 4000 * 8 / 10))

run proxy_rules "sing 1 - -"
is "refuses a rule that it does not know" "$code" 22
done_testing

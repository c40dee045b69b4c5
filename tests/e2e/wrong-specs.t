#!/bin/bash
# Wrong specs end in exit code 2 and sentences with a place, before anything runs.
. "$srcdir/tests/e2e/lib.sh"
simhost
before=$(host_state)

# refused NAME WORDS: bad.yaml is refused by plan and apply, WORDS are in what is said.
refused() {
  local call
  for call in plan apply; do
    began=$SECONDS
    run tengil $call bad.yaml
    is "$call: $1 ends in 2" "$code" 2
    ok "$call: $1 is told in a sentence" grep -qE -- "$2" err
    ok "$call: $1 takes no time" test $((SECONDS - began)) -le 5
    ok "$call: nothing hostile reaches the terminal" test -z "$(LC_ALL=C grep -cP '[\x00-\x08\x0b-\x1f\x7f]' err | grep -v '^0')"
  done
}
good='oci: {image: demo/app, tag: latest}'
spec() { printf '%s\n' "$@" >bad.yaml; }

spec "$good" 'memroy: 512' && refused "an unknown field" 'bad.yaml:2:1: .*memory'
spec "$good" 'memory: much' && refused "a wrong type" 'bad.yaml:2:[0-9]+: memory'
spec "$good" 'hostname: "under_score and blank"' && refused "a bad hostname" 'bad.yaml:2:[0-9]+: hostname'
spec "$good" 'memory: 8' && refused "memory 8" 'bad.yaml:2:[0-9]+: memory.*16'
spec "$good" 'vmid: 99' && refused "VMID 99" 'bad.yaml:2:[0-9]+: vmid.*100'
spec "$good" 'mounts:' '  - {source: /tank, target: media}' && refused "a relative target" 'bad.yaml:3:[0-9]+: mounts'
spec "$good" 'mounts:' '  - {source: "/tank,ro=0", target: /media}' && refused "a comma in a source" 'bad.yaml:3:[0-9]+: mounts.*comma'
spec 'oci: {image: "-v", tag: latest}' && refused "an image that starts with a dash" 'bad.yaml:1:[0-9]+: .*image'
spec "$good" 'template: local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst' && refused "both kinds" 'template|image'
spec 'hostname: neither' && refused "neither kind" 'image|template'
spec "$good" "$(printf 'hostname: %s' "$(printf '[%.0s' $(seq 10000))")" && refused "10,000 nested brackets" 'deep|nest|levels'
{
  echo 'a: &a [x, x, x, x, x, x, x, x, x]'
  p=a
  for n in b c d e f g h i; do
    echo "$n: &$n [*$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p]"
    p=$n
  done
} >bad.yaml
refused "an alias bomb" 'bad.yaml:[0-9]+:[0-9]+: .*(alias|anchor)'
printf '%s\nhostname: "a\0b"\n' "$good" >bad.yaml && refused "a NUL" 'bad.yaml'
printf '%s\nhostname: "a\\0b"\n' "$good" >bad.yaml && refused "a NUL in an escape" 'bad.yaml:2'
printf '%s\nhostname: \xff\xfe\n' "$good" >bad.yaml && refused "invalid UTF-8" 'bad.yaml'
{ printf '%s\ndescription: "' "$good" && head -c 3000000 /dev/zero | tr '\0' x && printf '"\n'; } >bad.yaml
refused "a scalar of 3 MB" 'bad.yaml.*(large|long|MiB)'
spec "$good" 'memory: 512' 'memory: 1024' && refused "a key twice" 'bad.yaml:3:1: .*memory'
spec "$good" 'memory: 8' 'cores: 0' 'vmid: 99' && refused "several at once" 'memory'
is "all of them are told" "$(grep -cE 'bad.yaml:[234]:' err)" 3
printf '%s\nhostname: "\\e[2Jx"\n' "$good" >bad.yaml && refused "an escape sequence" 'hostname'
: >bad.yaml && refused "an empty file" '.'
rm -f bad.yaml && refused "a file that is not there" 'bad.yaml'
mkdir bad.yaml && refused "a folder" 'bad.yaml'

is "the host is as it was" "$(host_state)" "$before"
is "no job was made" "$(tengil jobs --json | jq length)" 0
done_testing

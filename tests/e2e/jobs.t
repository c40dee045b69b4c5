#!/bin/bash
# Jobs outlive their callers, wait for each other, are followed and cancelled.
. "$srcdir/tests/e2e/lib.sh"
images
registry_start
push app demo/app:latest
push big1 demo/big:1
proxy_start
simhost "$PROXY"
big=$(skopeo inspect --no-tags --raw --tls-verify=false "docker://127.0.0.1:$REGISTRY/demo/big:1" | jq -r '.layers[2].digest')
sed 's,demo/app,demo/big,;s/latest/"1"/' <(oci_spec /dev/stdout 'vmid: 160' 'hostname: big') >big.yaml

start() { # start WORDS…: the caller's pid in $caller, the job's number in $job
  rm -f "$TEST_DIR/start.err"
  "$builddir/tengil-tui" "$@" >start.out 2>start.err </dev/null &
  caller=$!
  own $caller
  wait_text start.err '^job ' || return 1
  job=$(sed -n 's/^job //p' start.err)
}

# --- the caller is killed
proxy_rules "stall 1000000 - $big"
start apply big.yaml
wait_text start.out '^Copying blob' || wait_text "$TENGIL_STATE_DIR/jobs/$job/log" 'Copying blob'
kill -9 $caller
wait $caller 2>/dev/null
ok "the job runs on without its caller" job_is "$job" running
"$builddir/tengil-tui" attach "$job" >attach.out 2>attach.err </dev/null &
attached=$!
own $attached
ok "attach shows what was before" wait_text attach.out '^Copying blob'
kill -TERM $attached
wait $attached
is "an attach that is ended leaves it running" "$?" 5
ok "and says how to go on" grep -q "attach $job" attach.err
ok "the job runs still" job_is "$job" running

# --- two acts on one CT and one image
start pull demo/big:1
second=$job second_caller=$caller job=$(tengil jobs --json | jq -r '.[1].job')
ok "a second pull of the same image waits" wait_until job_is "$second" waiting
proxy_rules
run tengil attach "$job"
is "attach follows to the end" "$code" 0
is "and shows the whole log" "$(grep -c '^Copying blob' out)" "$(grep -c '^Copying blob' "$TENGIL_STATE_DIR/jobs/$job/log")"
ok "from its first step" grep -q '1/.* Pull' out
is "the CT is there" "$(tengil list --json | jq -c '.[].vmid')" 160
wait $second_caller
is "the second pull had its turn" "$?" 0

# --- cancel
rm -rf "${TENGIL_CACHE_DIR:?}/blobs" "$TENGIL_ROOT"/var/lib/vz/template/cache/*
before=$(host_state)
proxy_rules "stall 1000000 - $big"
sed 's/^vmid: 160/vmid: 161/;s/^hostname: big/hostname: second/' big.yaml >second.yaml
start apply second.yaml
wait_text start.out '^Copying blob'
run tengil cancel "$job"
is "cancel" "$code" 0
wait $caller
is "the caller of a cancelled job ends with 4" "$?" 4
is "the job is cancelled" "$(job_field "$job" state)" cancelled
is "and left nothing" "$(host_state)" "$before"
run tengil cancel "$job"
is "a second cancel has nothing to do" "$code" 1
run tengil cancel 999
is "a job that is none" "$code" 2

# --- left running
start apply second.yaml
wait_text start.out '^Copying blob'
kill -INT $caller
wait $caller
is "Ctrl-C without a terminal leaves it running" "$?" 5
run tengil cancel "$job"
is "it can be cancelled then" "$code" 0
run tengil apply --detach second.yaml
is "--detach ends with 5" "$code" 5
job=$(sed -n 's/^job //p' err)
proxy_rules
run tengil attach "$job"
is "and the job does the work" "$code" 0

# --- two creates at once
oci_spec auto.yaml 'hostname: auto'
for i in 1 2 3; do
  "$builddir/tengil-tui" apply auto.yaml >auto$i.out 2>auto$i.err </dev/null &
  auto[i]=$!
  own $!
done
codes=
for i in 1 2 3; do
  wait "${auto[i]}"
  codes+="$? "
done
is "creates at once without a VMID" "$codes" "0 0 0 "
[ "$codes" = "0 0 0 " ] || sed 's/^/# /' auto?.err auto?.out
is "get one each, side by side" "$(tengil list --json | jq -c '[.[] | select(.name == "auto").vmid] | [length, max - min]')" "[3,2]"

# --- a CT that came between plan and run
oci_spec late.yaml 'vmid: 170' 'hostname: late'
sed -i 's,demo/app,demo/big,;s/latest/"1"/' late.yaml
rm -rf "${TENGIL_CACHE_DIR:?}/blobs" "$TENGIL_ROOT"/var/lib/vz/template/cache/docker.io_demo_big*
proxy_rules "stall 1000000 - $big"
start apply late.yaml
wait_text start.out '^Copying blob'
ok "somebody makes CT 170 meanwhile" other_ct 170 foreign
conf=$TENGIL_ROOT/etc/pve/lxc/170.conf
cp "$conf" foreign.conf
proxy_rules
wait $caller
is "the create fails" "$?" 1
ok "the foreign CT is untouched" cmp foreign.conf "$conf"
ok "its disk is there" test -n "$(find "$TENGIL_ROOT" -name '*-170-disk-*')"
is "the job failed, no more" "$(job_field "$job" state)" failed
ok "the finished image stays" test -f "$TENGIL_ROOT/var/lib/vz/template/cache/docker.io_demo_big_1_amd64.tar"
ok "and that is said" grep -q 'docker.io_demo_big_1_amd64.tar' <(tengil jobs --json | jq -r '.[0].text')
done_testing

#!/bin/bash
# kill -9 of supervisor, step or worker at random moments of pull and create: no job is lost or shown wrongly, nothing
# half made has a final name, and after a cancel nothing of ours is left that is not said.
# TENGIL_KILL_ROUNDS: how many kills (100). TENGIL_KILL_SEED: the randomness of a run that failed, told at its start.
. "$srcdir/tests/e2e/lib.sh"
rounds=${TENGIL_KILL_ROUNDS:-100}
RANDOM=${TENGIL_KILL_SEED:-$$}
export TENGIL_UNDO_WAIT=3
note "seed ${TENGIL_KILL_SEED:-$$}, $rounds kills"
images
registry_start
push app demo/app:latest
push big1 demo/big:1
proxy_start
simhost "$PROXY"
archives=$TENGIL_ROOT/var/lib/vz/template/cache
oci_spec create.yaml 'vmid: 150' 'hostname: killed' 'mounts:' '  - {source: /tank/media, target: /media}' \
  '  - {volume: "tank:8", target: /config}' 'env: {TZ: Europe/Stockholm}' 'start: true'
sed -i 's,demo/app,demo/big,;s/latest/"1"/' create.yaml
other_ct 120 bystander
# Time passes in the tools too, so that a kill can meet them.
echo 0.1 >"$TENGIL_ROOT/.sim/pace"
proxy_rules "slow 60000000 - /blobs/"

# Processes of the job: the supervisor, or one of those below it (a step, its worker). Prints one of them, or nothing.
victim() {
  local supervisor=$1 what=$2 children
  [ "$what" != supervisor ] || { echo "$supervisor"; return; }
  children=$(cat "/proc/$supervisor/task/$supervisor/children" 2>/dev/null)
  [ "$what" != worker ] || children=$(for c in $children; do cat "/proc/$c/task/$c/children" 2>/dev/null; done)
  # shellcheck disable=SC2086
  set -- $children
  echo "${1-}"
}
supervisor_of() { awk -v inode="$(stat -c %i "$TENGIL_STATE_DIR/jobs/$1/lock" 2>/dev/null)" 'index($6, ":" inode) && $2 == "POSIX" { print $5; exit }' /proc/locks; }

# Whole: skopeo can copy it out again.
whole() { rm -rf copy && skopeo --insecure-policy copy -q "oci-archive:$1" dir:copy; }

# What is wrong after a kill; $1: the job, $2: what its caller ended with.
judge() {
  local state text f
  state=$(job_field "$1" state) text=$(job_field "$1" text)
  case $state in
  done | failed | interrupted | undo-failed) ;;
  *) echo "state $state after the kill" ;;
  esac
  case $2-$state in 0-done | 1-failed | 1-interrupted | 1-undo-failed) ;; *) echo "exit code $2, state $state" ;; esac
  for f in "$archives"/*.tar; do [ ! -f "$f" ] || whole "$f" || echo "no whole archive: $f"; done
  case $state in
  done)
    diff <(host_confs_and_disks | grep -v '150') before | sed -n 's/^[<>]/differs: &/p'
    [ "$kind" = pull ] || [ -f "$TENGIL_ROOT/etc/pve/lxc/150.conf" ] || echo "done, and no CT"
    return
    ;;
  interrupted)
    tengil cancel "$1" >cancel.out 2>&1
    state=$(job_field "$1" state) text=$(job_field "$1" text)
    [ "$state" = cancelled ] || [ "$state" = undo-failed ] || echo "state $state after cancel"
    ;;
  esac
  # What an undo could not take back it has to name.
  diff before <(host_confs_and_disks) | sed -n 's/^[<>] /&/p' >differs
  if [ -s differs ] && ! { [ "$state" = undo-failed ] && [[ $text == *left:*150* ]]; }; then sed 's/^/differs: /' differs; fi
  host_loose | sed 's/^/left: /'
  for f in "$archives"/*.tar; do
    [ ! -f "$f" ] || [[ $text == *"${f##*/}"* ]] || echo "not said: ${f##*/}"
  done
}

# Takes away what a case left, whatever it is, with the host's own means.
reset() {
  rm -rf "${TENGIL_CACHE_DIR:?}"/{blobs,pull} "$archives"/*
  [ ! -f "$TENGIL_ROOT/etc/pve/lxc/150.conf" ] || {
    pct unlock 150
    pct stop 150
    pct destroy 150
  } >reset.log 2>&1
  find "$TENGIL_ROOT/.sim/volumes" -mindepth 1 -name '*-150-disk-*' -exec rm -rf {} + 2>/dev/null
  rm -f "$TENGIL_ROOT/etc/pve/lxc/150.conf"
}

reset
host_confs_and_disks >before
jobs=0 met=0
for ((round = 1; round <= rounds; round++)); do
  kind=$([ $((round % 2)) -eq 0 ] && echo pull || echo apply)
  what=(supervisor step worker)
  what=${what[RANDOM % 3]}
  wait_ms=$((RANDOM % 1200))
  : >run.err
  if [ $kind = pull ]; then set -- pull demo/big:1; else set -- apply create.yaml; fi
  "$builddir/tengil-tui" "$@" >run.out 2>run.err </dev/null &
  caller=$!
  own $caller
  wait_text run.err '^job ' || { sed 's/^/# /' run.err; break; }
  job=$(sed -n 's/^job //p' run.err)
  jobs=$((jobs + 1))
  supervisor=$(supervisor_of "$job")
  sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
  pid=$([ -z "$supervisor" ] || victim "$supervisor" $what)
  [ -z "$pid" ] || { kill -9 "$pid" 2>/dev/null && met=$((met + 1)); }
  wait $caller
  code=$?
  is "$kind, $what killed after $wait_ms ms${pid:+ (it ran)}" "$(judge "$job" $code)" "" ||
    tengil attach "$job" 2>&1 | tail -n 20 | sed 's/^/#   | /'
  reset
done
is "no job is lost" "$(tengil jobs --json | jq length)" "$jobs"
ok "kills met something ($met of $rounds)" test $((met * 2)) -ge "$rounds"
is "the bystander is as it was" "$(host_state)" "$(cat before)"
done_testing

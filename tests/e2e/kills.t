#!/bin/bash
# kill -9 of supervisor, step or worker at random moments of pull and create. After each: no job is lost or shown
# wrongly, no partial file has a final name; what was interrupted is cancelled, and nothing of ours is left then that
# the job does not name, with commands that take it away.
# TENGIL_KILL_ROUNDS: how many (100; 20 where the programs are slowed by sanitizers). TENGIL_KILL_SEED: the seed of a
# run that is to be repeated.
. "$srcdir/tests/e2e/lib.sh"
slowed=$(grep -c '^HARDENING = .*-fsanitize' "$builddir/Makefile" 2>/dev/null)
rounds=${TENGIL_KILL_ROUNDS:-$([ "${slowed:-0}" -gt 0 ] && echo 20 || echo 100)}
seed=${TENGIL_KILL_SEED:-$RANDOM}
RANDOM=$seed
note "seed $seed, $rounds kills"

# ---- the host ------------------------------------------------------------------------------------------------------
images
registry_start
push big1 demo/app:1
proxy_start
simhost "$PROXY"
export TENGIL_STOP_MS=200 TENGIL_UNDO_WAIT=1
cache=$TENGIL_ROOT/var/lib/vz/template/cache
echo 0.1 >"$TENGIL_ROOT/.sim/pace" # time passes in the tools, so that a kill can meet them
proxy_rules "slow 40000000 - /blobs/"
mkdir -p "$TENGIL_ROOT"/.sim/volumes/{local-lvm,tank}
printf '%s\n' "oci: {image: demo/app, tag: '1'}" 'vmid: 150' 'hostname: made' 'storage: local-lvm' 'disk: 1' \
  'network: {bridge: vmbr0, ip: dhcp}' 'mounts:' '  - {source: /tank/media, target: /media}' \
  '  - {volume: "tank:1", target: /config}' 'env: {TZ: Europe/Stockholm}' 'start: true' >create.yaml

listing() (
  cd "$TENGIL_ROOT" || exit
  find etc/pve .sim/volumes tank -type f -size -2M ! -name '.vmlist' ! -name '.rrd' ! -name '.version' \
    ! -name user.cfg -exec sha256sum {} +
  find etc/pve .sim/volumes tank -printf '%p %y\n'
  find sys/fs/cgroup/lxc -mindepth 1 -maxdepth 1 -printf 'runs %f\n' 2>/dev/null
)
listing | sort >before

# ---- the processes of a job ----------------------------------------------------------------------------------------
holder() { awk -v end=":$(stat -c %i "$1" 2>/dev/null)" '$2 == "POSIX" && substr($6, length($6) - length(end) + 1) == end { print $5; exit }' /proc/locks; }
children() { cat "/proc/$1/task/$1/children" 2>/dev/null; }
# Sets `pid` and `killed`: the supervisor; its child, which is the step; or the step's child, which is pct's worker, and
# the step itself where it has none.
victim() {
  local step='' worker=''
  pid=$(holder "$TENGIL_STATE_DIR/jobs/$1/lock") killed=$2
  [ -n "$pid" ] && [ "$2" != supervisor ] && read -r step _ <<<"$(children "$pid")" && pid=$step
  [ -n "$step" ] && [ "$2" = worker ] && read -r worker _ <<<"$(children "$step")" && pid=${worker:-$step}
  [ "$2" != worker ] || [ -n "$worker" ] || killed=step
  [ "$2" = supervisor ] || [ -n "$step" ] || pid=''
}
# A job whose supervisor was killed has let go when nothing writes its log any more.
quiet() { flock -n "$TENGIL_STATE_DIR/jobs/$1/log" true; }
job_value() { "$builddir/tengil-tui" jobs --json | jq -r --argjson job "$1" ".[] | select(.job == \$job) | .$2 // \"\""; }

# ---- what is wrong, a line each ------------------------------------------------------------------------------------
# Complete: a tar of as many bytes as its members say, each blob of the digest that is its name.
whole() {
  local name
  tar -tf "$1" >names 2>tar.err && ! [ -s tar.err ] || { echo "no archive: ${1##*/}: $(cat tar.err)"; return; }
  for name in $(grep '^blobs/sha256/' names); do
    [ "$(tar -xOf "$1" "$name" | sha256sum | cut -d ' ' -f 1)" = "${name##*/}" ] || echo "damaged: $name in ${1##*/}"
  done
  skopeo inspect --raw "oci-archive:$1" >/dev/null 2>&1 || echo "skopeo cannot read ${1##*/}"
}
partial() {
  local file
  for file in "$cache"/*.tar; do [ ! -f "$file" ] || whole "$file"; done
}
# Of the state alone, before anything is cancelled. $1: job, $2: what was killed (or `nothing`), $3: the caller's code.
shown() {
  local state
  state=$(job_value "$1" state)
  case $2-$3-$state in
  *-0-done | step-1-failed | worker-1-failed | step-1-undo-failed | worker-1-undo-failed) ;;
  supervisor-*-interrupted) [ -z "$(holder "$TENGIL_STATE_DIR/jobs/$1/lock")" ] || echo "interrupted, and its supervisor lives" ;;
  *) echo "$2 killed, exit code $3, state $state" ;;
  esac
  [ "$state" != done ] || [ "$(job_value "$1" kind)" = pull ] || [ -d "$TENGIL_ROOT/sys/fs/cgroup/lxc/150" ] || echo "done, and no CT runs"
  [ "$state" != done ] || [ -n "$(find "$cache" -name '*.tar')" ] || echo "done, and no image is there"
}
differs() { diff before <(listing | sort) | sed -n 's/^[<>] /differs: &/p'; }
# What an undo leaves, or names. $1: job.
left() {
  local state text file words
  state=$(job_value "$1" state) text=$(job_value "$1" text)
  case $state in
  undo-failed)
    grep -q '^left: .*pct ' <<<"$text" || echo "undo-failed, and nothing is named"
    while read -r words; do
      # shellcheck disable=SC2086
      "$HOST/bin/"$words >>named.log 2>&1 || echo "what is named fails: $words: $(tail -n 1 named.log)"
    done < <(grep '^left: ' <<<"$text" | grep -oE '(pct|pvesm) [^;]*')
    ;;
  failed | cancelled) ;;
  *) echo "the state after the undo is $state" ;;
  esac
  differs
  find "$TENGIL_ROOT" -name '*.tmp*' -printf 'left: %p\n'
  find "$TENGIL_CACHE_DIR/pull" -mindepth 1 -maxdepth 1 -printf 'left: %p\n' 2>/dev/null
  for file in "$cache"/*.tar; do
    [ ! -f "$file" ] || grep -qF "kept: /var/lib/vz/template/cache/${file##*/} " <<<"$text" || echo "not told: ${file##*/} stays"
  done
  for file in "$TENGIL_STATE_DIR"/claims/*; do [ -z "$(holder "$file")" ] || echo "held: ${file##*/}"; done
  for file in "$TENGIL_ROOT"/run/lock/lxc/*.lock; do [ ! -f "$file" ] || flock -w 5 "$file" true || echo "held: $file"; done
}
# Everything of a round goes, by the host's own means; the layers stay for some rounds, so that both kinds of pull occur.
tidy() {
  [ ! -e "$TENGIL_ROOT/etc/pve/lxc/150.conf" ] || {
    pct unlock 150
    pct stop 150
    pct destroy 150 --destroy-unreferenced-disks 1
  } >tidy.log 2>&1
  rm -rf "${cache:?}"/* "${TENGIL_CACHE_DIR:?}/pull"
  [ $((RANDOM % 3)) -eq 0 ] || rm -rf "${TENGIL_CACHE_DIR:?}/blobs"
}

# ---- the rounds ----------------------------------------------------------------------------------------------------
round() {
  local what=$1 wait=$2 caller pid code
  shift 2
  : >err
  "$builddir/tengil-tui" "$@" >out 2>err </dev/null &
  caller=$!
  own $caller
  wait_text err '^job [0-9]+' || sed 's/^/# /' err
  job=$(sed -n 's/^job //p' err)
  sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
  victim "$job" "$what"
  { [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; } || killed=nothing
  wait $caller
  code=$?
  wait_until quiet "$job" || echo "something of job $job still runs"
  shown "$job" $killed $code
  partial
  [ "$(job_value "$job" state)" != interrupted ] || tengil cancel "$job" >cancel.out 2>&1
  [ "$(job_value "$job" state)" = done ] || { partial && left "$job"; }
}

# How long the two take here, from the job's number to its end.
took() {
  : >err
  "$builddir/tengil-tui" "$@" >out 2>err </dev/null &
  own $!
  wait_text err '^job [0-9]+'
  local began
  began=$(date +%s%3N)
  wait $!
  took=$(($(date +%s%3N) - began))
}
took pull demo/app:1
pull_ms=$took
tidy
took apply create.yaml
apply_ms=$took
tidy
note "seed $seed: a pull takes $pull_ms ms, a create $apply_ms ms"

met=0 made=2
for ((n = 1; met < rounds && n <= 2 * rounds; n++)); do
  whats=(supervisor step worker)
  what=${whats[RANDOM % 3]}
  if [ $((RANDOM % 3)) -eq 0 ]; then call=(pull demo/app:1) wait=$((RANDOM % pull_ms)); else call=(apply create.yaml) wait=$((RANDOM % apply_ms)); fi
  round $what $wait "${call[@]}" >problems 2>&1
  made=$((made + 1))
  [ $killed = nothing ] || met=$((met + 1))
  is "$n: ${call[0]}, $what after $wait ms, $killed killed" "$(cat problems 2>&1)" "" || {
    job_value "$job" text | sed 's/^/#   said: /'
    tail -n 12 "$TENGIL_STATE_DIR/jobs/$job/log" | sed 's/^/#   | /'
  }
  tidy
done
is "no job is lost" "$(tengil jobs --json | jq -r '[.[].job] | sort | join(" ")')" "$(seq -s ' ' "$made")"
is "all kills met something" "$met" "$rounds"
done_testing

#!/bin/bash
# Failures of every step of every kind of plan: before, during and after its effect, by exit, signal and hang (which is
# cancelled), with and without somebody else's CT on the same id. Afterwards the host is as it was, or the job says what
# is left and how to take it away, and that is true. One row, one line; each row has a host of its own.
# TENGIL_FAULT_ROWS: only the rows whose name matches this pattern of grep -E.
. "$srcdir/tests/e2e/lib.sh"

# ---- the rows ------------------------------------------------------------------------------------------------------
# KIND STEP MOMENTS ACTIONS FOREIGN EXPECTED. A step is skopeo, a verb of tengil-job, or `tool:command`. FOREIGN: when
# somebody else's CT takes the id: first of all, before `pct create` begins, after it failed, before `same` or before
# `pct set`; `-`: never. EXPECTED:
#   undone     all is as it was; finished images stay and are told
#   half-made  a conf with only `lock: create` is left, and disks (recorded: pct cannot tidy up after its worker's
#              SIGKILL), named with commands which take them away; later the conf shows our mark, and all is undone
#   half-gone  a conf with only `lock: destroyed` is left, named with commands which take it away
#   gone       the CT is destroyed though the step failed, and that is told
#   marked     what a running CT was given goes at its next start (recorded: pct takes no mount out of one that runs),
#              each named with the command
#   done       the tool ended well all the same (pveam always does), and the job with it
rows() {
  cat <<'END'
oci      skopeo         before,during,after exit,term,kill,hang -      undone
oci      archive        before,during,after exit,term,kill,hang -      undone
oci      pct:create     before,early,during exit,term,hang      -      undone
oci      pct:create     before,early        kill                -      half-made
oci      pct:create     during              kill                -      undone
oci      pct:create     after               exit,term,kill,hang -      undone
oci      pct:set        before,during,after exit,term,kill,hang -      undone
oci      env            before,during,after exit,term,kill,hang -      undone
oci      pct:start      before,during,after exit,term,kill,hang -      undone
oci      -              -                   exit                before undone
oci      skopeo         before,during,after exit,term,kill,hang first  undone
oci      archive        before,during,after exit,term,kill,hang first  undone
oci      pct:create     before,during       exit,term           after  undone
template pveam:download before,during       exit,term,kill,hang -      undone
template pveam:download after               exit,term,kill      -      done
template pveam:download after               hang                -      undone
template present        before,after        exit,term,kill,hang -      undone
template pct:create     before,early,during exit,term,hang      -      undone
template pct:create     before,early        kill                -      half-made
template pct:create     during              kill                -      undone
template pct:create     after               exit,term,kill,hang -      undone
template pct:start      before,during,after exit,term,kill,hang -      undone
template -              -                   exit                before undone
template pveam:download before,during       exit,term,kill,hang first  undone
template pct:create     before,during       exit,term           after  undone
pull     skopeo         before,during,after exit,term,kill,hang -      undone
pull     archive        before,during,after exit,term,kill,hang -      undone
again    skopeo         before,during,after exit,term,kill,hang -      undone
again    archive        before,during,after exit,term,kill,hang -      undone
destroy  same           before,after        exit,term,kill,hang -      undone
destroy  pct:shutdown   before,during,after exit,term,kill,hang -      undone
destroy  pct:set        before,during,after exit,term,kill,hang -      undone
destroy  pct:destroy    before              exit,term,kill,hang -      undone
destroy  pct:destroy    during              exit,term,kill,hang -      half-gone
destroy  pct:destroy    after               exit,term,kill,hang -      gone
destroy  -              -                   exit                same   undone
stopped  pct:destroy    before              exit,term,kill,hang -      undone
stopped  pct:destroy    during              exit,term,kill,hang -      half-gone
stopped  pct:destroy    after               exit,term,kill,hang -      gone
change   pct:set        before,during,after exit,term,kill,hang -      undone
change   -              -                   exit                set    undone
running  pct:set        before,during       exit,term,kill,hang -      undone
running  pct:set        after               exit,term,kill,hang -      marked
END
}

each_row() {
  local kind step moments actions foreign expected moment action
  while read -r kind step moments actions foreign expected; do
    for moment in ${moments//,/ }; do
      for action in ${actions//,/ }; do echo "$kind $step $moment $action $foreign $expected"; done
    done
  done < <(rows)
}
row_name() {
  local name="$1: ${2/:/ }, $4 $([ "$3" = early ] && echo when its disks are made || echo "$3 its effect")"
  [ "$2" != - ] || name="$1: somebody else has the id"
  case $5 in
  first) name+=", with a foreign CT" ;;
  after) name+=", and a foreign CT takes the id" ;;
  esac
  echo "$name"
}

# ---- hosts that rows begin on --------------------------------------------------------------------------------------
# enter FOLDER: all that follows is about the host in it.
enter() {
  HOST=$TEST_DIR/$1
  export HOST TENGIL_ROOT=$HOST/root TENGIL_STATE_DIR=$HOST/state TENGIL_CACHE_DIR=$HOST/cache
  export TENGIL_CONFIG=$HOST/config.yaml TENGIL_DATA_DIR=$srcdir/assets TENGIL_FAULT_FILE=$HOST/verb-fault
}
# variant NAME FROM: a copy of a host, entered.
variant() {
  cp -a "$TEST_DIR/$2" "$TEST_DIR/$1"
  enter "$1"
}

# Layers that a stalled download can be met in, whole names of which are told apart by the proxy.
small_images() (
  set -e
  rootless=()
  [ "$(id -u)" -eq 0 ] || rootless=(--rootless)
  cp -a "$IMAGES" layout
  umoci tag --image layout:app small
  for i in 1 2 3; do
    head -c 307200 /dev/urandom >blob # whole blocks: umoci pads none
    umoci insert "${rootless[@]}" --image layout:small blob "/opt/$i"
  done
)

# The image as three repositories: whole, one whose second layer stalls, one whose second layer arrives damaged.
images_pushed() {
  local name layer
  for name in whole stuck torn; do push small "demo/$name:1"; done
  layer=$(skopeo inspect --raw "oci:$IMAGES:small" | jq -r '.layers[2].digest')
  proxy_rules "stall 100000 - /demo/stuck/blobs/$layer" "flip 100000 - /demo/torn/blobs/$layer"
}

# What somebody made by hand: a conf with its disk.
foreign_ct() {
  mkdir -p "$TENGIL_ROOT/.sim/volumes/local-lvm"
  echo "a disk of somebody else" >"$TENGIL_ROOT/.sim/volumes/local-lvm/vm-$1-disk-0"
  printf '%s\n' 'arch: amd64' 'hostname: foreign' 'memory: 128' 'ostype: debian' \
    "rootfs: local-lvm:vm-$1-disk-0,size=1G" 'swap: 0' >"$TENGIL_ROOT/etc/pve/lxc/$1.conf"
}
ct() { "$HOST/bin/pct" "$@" >>"$TEST_DIR/prepare.log" 2>&1 || { note "pct $*: $(tail -n 1 "$TEST_DIR/prepare.log")"; exit 1; }; }
make_ct() { ct create "$1" local:vztmpl/alpine-3.22-default_20250617_amd64.tar.zst --hostname "$2" --rootfs local-lvm:1 "${@:3}"; }

prepare() {
  "$builddir/tengil-sim" init "$TEST_DIR/base" --empty >/dev/null || exit 1
  enter base
  rm -f "$TENGIL_ROOT/.sim/pace"
  mirror "$PROXY"
  mkdir -p "$TENGIL_ROOT"/tank/{photos,scans} "$TENGIL_ROOT"/.sim/volumes/{local-lvm,tank}
  "$HOST/bin/pveam" download local alpine-3.22-default_20250617_amd64.tar.zst >prepare.log 2>&1
  make_ct 120 bystander
  make_ct 121 passing # the cluster's files are then in the form that pct writes
  ct destroy 121
  variant doomed base
  make_ct 140 doomed --mp0 tank:2,mp=/data
  variant stopped doomed
  enter doomed
  ct set 140 --protection 1
  ct start 140
  variant change base
  make_ct 130 changed
  ct set 130 --mp0 /tank/media,mp=/media
  variant running change
  ct start 130
  for host in base doomed stopped change running; do rm -f "$TEST_DIR/$host"/root/var/lib/vz/template/cache/*; done
  # Layers are in the cache, so that what comes after the pull is reached soon.
  variant warm base
  "$builddir/tengil-tui" pull demo/whole:1 >prepare.log 2>&1 || { sed 's/^/# /' prepare.log; exit 1; }
  variant again warm
  rm -rf "$TEST_DIR/again/cache"
  rm -f "$TENGIL_ROOT/../../warm/root/var/lib/vz/template/cache"/*
  rm -rf "$TEST_DIR"/{again,warm}/state
  specs
}

specs() {
  local image
  for image in whole stuck torn; do
    printf '%s\n' "oci: {image: demo/$image, tag: '1'}" 'vmid: 150' 'hostname: made' 'storage: local-lvm' 'disk: 1' \
      'network: {bridge: vmbr0, ip: dhcp}' 'mounts:' '  - {source: /tank/media, target: /media}' \
      '  - {volume: "tank:1", target: /config}' 'env: {TZ: Europe/Stockholm}' 'start: true' >"$image.yaml"
  done
  printf '%s\n' 'template: local:vztmpl/alpine-3.22-default_20250617_amd64.tar.zst' 'vmid: 150' 'hostname: made' \
    'storage: local-lvm' 'disk: 1' 'network: {bridge: vmbr0, ip: dhcp}' 'start: true' >template.yaml
  printf '%s\n' 'mounts:' '  - {source: /tank/photos, target: /photos}' \
    '  - {source: /tank/scans, target: /scans, readonly: true}' >change.yaml
}

# ---- tools that fail when they are asked to ------------------------------------------------------------------------
# Wrappers before the real ones; the row's environment says what happens: SKOPEO_FAULT, FOREIGN.
wrap_tools() {
  mkdir -p wrap libexec
  ln -s "$builddir/tengil-sim" libexec/tengil-sim
  cat >libexec/tengil-job <<END
#!/bin/bash
[ "\$1-\$FOREIGN" != same-same ] || { . "$TEST_DIR/foreign.sh" && foreign_ct "\$2"; }
exec "$builddir/tests/faulty/tengil-job" "\$@"
END
  chmod +x libexec/tengil-job
  REAL_SKOPEO=$(command -v skopeo)
  export REAL_SKOPEO TENGIL_LIBEXEC_DIR=$TEST_DIR/libexec
  export TENGIL_STOP_MS=150 TENGIL_UNDO_WAIT=1
  declare -f foreign_ct >foreign.sh
  cat >wrap/pct <<'END'
#!/bin/bash
. "$TEST_DIR/foreign.sh"
[ "$1-$FOREIGN" != set-set ] || foreign_ct "$2"
[ "$1" = create ] || exec "$HOST/bin/pct" "$@"
[ "$FOREIGN" != before ] || foreign_ct "$2"
[ "$FOREIGN" = after ] || exec "$HOST/bin/pct" "$@"
"$HOST/bin/pct" "$@"
code=$?
foreign_ct "$2"
exit $code
END
  cat >wrap/skopeo <<'END'
#!/bin/bash
case " $* " in *" copy "*) ;; *) exec "$REAL_SKOPEO" "$@" ;; esac
. "$TEST_DIR/foreign.sh"
[ "$FOREIGN" != first ] || foreign_ct 150
read -r moment action <<<"$SKOPEO_FAULT"
[ -n "$moment" ] || exec "$REAL_SKOPEO" "$@"
happen() {
  echo "skopeo $moment $action" >"$HOST/faulted"
  case $action in
  exit) exit 1 ;;
  term) kill -TERM $$ ;;
  kill) kill -KILL $$ ;;
  hang) exec sleep 1000 ;;
  esac
}
[ "$moment" != before ] || happen
if [ "$moment-$action" = during-exit ]; then
  echo "skopeo during exit" >"$HOST/faulted"
  exec "$REAL_SKOPEO" "$@"
fi
if [ "$moment" = during ]; then
  "$REAL_SKOPEO" "$@" &
  real=$!
  while kill -0 $real 2>/dev/null && [ -z "$(find "$TENGIL_CACHE_DIR" -name 'oci-put-blob*' -size +90k 2>/dev/null)" ]; do sleep 0.01; done
  if [ $action = hang ]; then
    echo "skopeo during hang" >"$HOST/faulted"
    wait $real
    exit
  fi
  kill -${action^^} $real
  wait $real 2>/dev/null
  happen
fi
"$REAL_SKOPEO" "$@" || exit
happen
END
  cat >wrap/pveam <<'END'
#!/bin/bash
. "$TEST_DIR/foreign.sh"
[ "$FOREIGN $1" != "first download" ] || foreign_ct 150
exec "$HOST/bin/pveam" "$@"
END
  ln -s "$(printf '%s' "$TEST_DIR/pvesm.sh")" wrap/pvesm
  printf '#!/bin/bash\nexec "$HOST/bin/${0##*/}" "$@"\n' >pvesm.sh
  ln -s "$TEST_DIR/pvesm.sh" wrap/pveversion
  chmod +x wrap/* pvesm.sh
  export PATH=$TEST_DIR/wrap:$PATH
}

# ---- what there is -------------------------------------------------------------------------------------------------
# CTs, locks (they stand in the confs), volumes and their contents, what runs.
listing() (
  cd "$TENGIL_ROOT" || exit
  find etc/pve .sim/volumes var/lib/vz/images var/lib/lxc dev/pve tank -type f -size -2M ! -name '.vmlist' \
    ! -name '.rrd' ! -name '.version' -exec sha256sum {} + 2>/dev/null
  find etc/pve .sim/volumes var/lib/vz/images var/lib/lxc dev/pve tank -printf '%p %y\n' 2>/dev/null
  grep -o '"[0-9]*": {' etc/pve/.vmlist
  find sys/fs/cgroup/lxc -mindepth 1 -maxdepth 1 -printf 'runs %f\n' 2>/dev/null
)
# Half-made files, pulls under way, locks that somebody holds.
loose() (
  cd "$TENGIL_ROOT" || exit
  find . \( -name '*.tmp*' -o -name '.*.tmp' \) ! -path './sys/*' -printf 'left: %p\n'
  find "$TENGIL_CACHE_DIR/pull" -mindepth 1 -maxdepth 1 -printf 'left: %p\n' 2>/dev/null
  find "$TENGIL_CACHE_DIR" -name 'oci-put-blob*' -printf 'left: %p\n' 2>/dev/null
  for lock in run/lock/lxc/*.lock; do [ ! -f "$lock" ] || flock -n "$lock" true || echo "held: $lock"; done
  for lock in "$TENGIL_STATE_DIR"/claims/* "$TENGIL_STATE_DIR"/jobs/*/lock; do
    [ ! -f "$lock" ] || ! grep -q ":$(stat -c %i "$lock") " /proc/locks || echo "held: $lock"
  done
)
images_there() (cd "$TENGIL_ROOT/var/lib/vz/template/cache" && find . -type f -printf '%f\n' | sort)

# ---- one row -------------------------------------------------------------------------------------------------------
# Sets `call` and the host that the row begins on.
call_of() {
  local image=whole
  [ "$2-$3" != skopeo-during ] || image=$([ "$4" = exit ] && echo torn || echo stuck)
  case $1 in
  oci) call=(apply "$TEST_DIR/$image.yaml") from=$([ "$2" = skopeo ] && echo base || echo warm) ;;
  template) call=(apply "$TEST_DIR/template.yaml") from=base ;;
  pull) call=(pull "demo/$image:1") from=base ;;
  again) call=(pull "demo/$image:1") from=again ;;
  destroy) call=(destroy 140 --confirm doomed --lift-protection --stop-first) from=doomed ;;
  stopped) call=(destroy 140 --confirm doomed) from=stopped ;;
  change) call=(change 130 "$TEST_DIR/change.yaml") from=change ;;
  running) call=(change 130 "$TEST_DIR/change.yaml") from=running ;;
  esac
}
ask_for() {
  export SKOPEO_FAULT='' FOREIGN=$4
  case $1 in
  skopeo) SKOPEO_FAULT="$2 $3" ;;
  -) ;;
  *:*) echo "${1/:/ } $2 $3 once" >"$TENGIL_ROOT/.sim/faults" ;;
  *) echo "$1 $2 $3" >"$TENGIL_FAULT_FILE" ;;
  esac
}
faulted() { [ -s "$TENGIL_ROOT/.sim/faulted" ] || [ -s "$HOST/faulted" ] || grep -q '^fault: ' "$TENGIL_STATE_DIR/jobs/1/log" 2>/dev/null; }
faulted_or_over() { faulted || ! kill -0 "$1"; }
# The commands that a `left:` line ends in, run as they stand.
run_named() {
  local commands
  commands=$(grep -oE 'pct [^;]*' <<<"$(grep '^left: ' <<<"$1")")
  [ -n "$commands" ] || { echo "no commands are named"; return; }
  rm -f "$TENGIL_ROOT/.sim/faults"
  while read -r words; do
    # shellcheck disable=SC2086
    "$HOST/bin/"$words >>"$HOST/named.log" 2>&1 || echo "what is named fails: $words: $(tail -n 1 "$HOST/named.log")"
  done <<<"$commands"
}
compare() { diff <(sort -u before) <(listing | sort -u) | sed -n 's/^[<>] /differs: &/p'; }
compare_gone() { diff <(sort -u before | grep -vE '[/-]140[.-]|"140"|runs 140') <(listing | sort -u) | sed -n 's/^[<>] /differs: &/p'; }

# judge STEP ACTION EXPECTED CODE: what is wrong, a line each.
judge() {
  local step=$1 action=$2 expected=$3 code=$4 state text want file
  state=$(tengil jobs --json | jq -r '.[0].state') text=$(tengil jobs --json | jq -r '.[0].text // ""')
  case $expected-$action in
  done-*) want="0 done" ;;
  half-* | marked-*) want="1 undo-failed" ;;
  *-hang) want="4 cancelled" ;;
  *) want="1 failed" ;;
  esac
  [ "$code $state" = "$want" ] || echo "exit code and state are $code $state, not $want"
  [ "$step" = - ] || faulted || echo "the failure that was asked for did not happen"
  case $expected in
  undone)
    compare
    ! grep '^left: ' <<<"$text" | sed 's/^/said, and not true: /' | grep . || true
    ;;
  half-made)
    grep -q '^left: .*CT 150' <<<"$text" || echo "not told: CT 150 is half made"
    [ "$(cat "$TENGIL_ROOT/etc/pve/lxc/150.conf" 2>/dev/null)" = "lock: create" ] || echo "the conf is not what pct leaves"
    run_named "$text"
    compare
    ;;
  half-gone)
    grep -q '^left: .*CT 140' <<<"$text" || echo "not told: CT 140 is half destroyed"
    [ "$(cat "$TENGIL_ROOT/etc/pve/lxc/140.conf" 2>/dev/null)" = "lock: destroyed" ] || echo "the conf is not what pct leaves"
    run_named "$text"
    compare_gone
    ;;
  marked)
    [ "$(grep -cE '^left: mp[12] of CT 130' <<<"$text")" = 2 ] || echo "not told: both mounts"
    run_named "$text"
    compare
    ;;
  gone)
    grep -q '^left: .*CT 140' <<<"$text" || echo "not told: CT 140 is destroyed"
    compare_gone
    ;;
  done) [ "$(grep -c '^hostname: made' "$TENGIL_ROOT/etc/pve/lxc/150.conf")" = 1 ] || echo "there is no CT" ;;
  esac
  loose
  while read -r file; do
    [ "$expected" = done ] || grep -qF "kept: /var/lib/vz/template/cache/$file " <<<"$text" || echo "not told: $file stays"
    case $file in *.tar) tar -tf "$TENGIL_ROOT/var/lib/vz/template/cache/$file" >/dev/null || echo "no archive: $file" ;; esac
  done < <(comm -13 images <(images_there))
  comm -23 images <(images_there) | sed 's/^/gone: /'
}

row() (
  local n=$1 caller code job from call
  shift
  call_of "$@"
  variant "row-$n" "$from"
  cd "$HOST" || exit
  listing >before
  images_there >images
  # Somebody else's CT has to be there afterwards as it came.
  [ "$5" = - ] || { enter "$from-foreign" && listing >before; enter "row-$n"; }
  ask_for "$2" "$3" "$4" "$5"
  timeout -k 5 90 "$builddir/tengil-tui" "${call[@]}" >out 2>err </dev/null &
  caller=$!
  if [ "$4" = hang ]; then
    wait_until faulted_or_over $caller
    tengil cancel 1 >cancel.out 2>&1
  fi
  wait $caller
  code=$?
  judge "$2" "$4" "$6" $code >>problems 2>&1
  [ ! -s problems ] || {
    tengil jobs --json | jq -r '.[0].text // ""' | sed 's/^/   said: /'
    tail -n 15 "$TENGIL_STATE_DIR/jobs/1/log" | sed 's/^/   | /'
    tail -n 3 err | sed 's/^/   err: /'
  } >>problems
  [ -n "${TEST_KEEP-}" ] || find . -mindepth 1 -maxdepth 1 ! -name problems -exec rm -rf {} +
)

# ---- all of them ---------------------------------------------------------------------------------------------------
images
small_images >small.log 2>&1 || { sed 's/^/# /' small.log; exit 1; }
IMAGES=$TEST_DIR/layout
registry_start
proxy_start
images_pushed
wrap_tools
prepare
for host in base:150 warm:150 doomed:140 change:130; do
  variant "${host%:*}-foreign" "${host%:*}" && foreign_ct "${host#*:}"
done

n=0 names=()
while read -r -a words; do
  name=$(row_name "${words[@]}")
  [[ $name =~ ${TENGIL_FAULT_ROWS-} ]] || continue
  n=$((n + 1)) names[n]=$name
  [ "$n" -le 2 ] || wait -n
  row $n "${words[@]}" &
done < <(each_row)
wait_rows() { for job in $(jobs -p); do case " ${own_pids[*]} " in *" $job "*) ;; *) wait "$job" ;; esac; done; }
wait_rows
for ((i = 1; i <= n; i++)); do is "${names[i]}" "$(cat "row-$i/problems" 2>&1)" ""; done
done_testing

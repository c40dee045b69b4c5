# For the end-to-end tests, which source this first: TAP, a registry on loopback, images made from nothing, a simulated
# host. Needs srcdir, builddir and TEST_DIR (tests/run sets them). Nothing here waits for a time: it waits for a text.
# shellcheck shell=bash

# Leaks are looked for by the unit tests. Here programs are signalled at any moment, and a search for leaks that is hit by
# a signal at the end of a program never ends.
export ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-}

set -u
: "${srcdir:?}" "${builddir:?}"
if [ -z "${TEST_DIR-}" ]; then
  TEST_DIR=$(mktemp -d)
  remove_at_end=$TEST_DIR
fi
cd "$TEST_DIR" || exit 1
export LC_ALL=C.UTF-8 HOME=$TEST_DIR TEST_DIR
unset XDG_CONFIG_HOME XDG_RUNTIME_DIR REGISTRY_AUTH_FILE
patience=${TEST_PATIENCE:-60} # seconds that a text may take to come

# ---- TAP -----------------------------------------------------------------------------------------------------------
tap_n=0 tap_bad=0

# ok NAME COMMAND…: passes when the command does.
ok() {
  local name=$1 said
  shift
  tap_n=$((tap_n + 1))
  if said=$("$@" 2>&1); then
    echo "ok $tap_n - $name"
  else
    tap_bad=$((tap_bad + 1))
    echo "not ok $tap_n - $name"
    printf '%s\n' "$*" "$said" | head -n 40 | sed 's/^/#   /'
    return 1
  fi
}

# is NAME GOT WANTED
is() {
  tap_n=$((tap_n + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $tap_n - $1"
  else
    tap_bad=$((tap_bad + 1))
    echo "not ok $tap_n - $1"
    diff <(printf '%s\n' "$3") <(printf '%s\n' "$2") | head -n 40 | sed 's/^/#   /;s/^#   </#   wanted/;s/^#   >/#   got   /'
    return 1
  fi
}

# has NAME FILE TEXT; has_not NAME FILE TEXT: a fixed text in a file.
has() { ok "$1" holds "$2" "$3"; }
has_not() { ok "$1" lacks "$2" "$3"; }
holds() { grep -qF -- "$2" "$1" || { tail -n 20 "$1"; return 1; }; }
lacks() { ! grep -F -- "$2" "$1"; }

note() { printf '# %s\n' "$*"; }

done_testing() {
  echo "1..$tap_n"
  [ "$tap_bad" -eq 0 ]
  exit
}

# ---- processes -----------------------------------------------------------------------------------------------------
own_pids=()
own() { own_pids+=("$1"); }

clean_up() {
  local pid
  for pid in "${own_pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${own_pids[@]}"; do wait "$pid" 2>/dev/null; done
  [ -z "${remove_at_end-}" ] || rm -rf "$remove_at_end"
}
trap clean_up EXIT
trap 'exit 143' TERM INT

# wait_until COMMAND…: until it succeeds; false when the patience is over.
wait_until() {
  local end=$((SECONDS + patience))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { note "waited in vain for: $*"; return 1; }
    sleep 0.02
  done
}
wait_text() { wait_until grep -qE -- "$2" "$1"; }

# Waits for the line `listening on …PORT` and prints the port.
port_in() { wait_text "$1" 'listening on ' && sed -nE 's/.*listening on ([0-9.]*:)?([0-9]+).*/\2/p' "$1" | head -n 1; }

# ---- registry and proxy --------------------------------------------------------------------------------------------
# Starts a registry of its own: $REGISTRY is its port, $REGISTRY_LOG its access log, a line a request as it ends.
registry_start() {
  cat >"$TEST_DIR/registry.yml" <<END
version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage:
  filesystem: {rootdirectory: $TEST_DIR/registry}
  maintenance: {uploadpurging: {enabled: false}}
http: {addr: "127.0.0.1:0"}
END
  REGISTRY_LOG=$TEST_DIR/registry.log
  docker-registry serve "$TEST_DIR/registry.yml" >"$REGISTRY_LOG" 2>"$TEST_DIR/registry.err" &
  own $!
  REGISTRY=$(port_in "$TEST_DIR/registry.err") || exit 1
}

# In front of it: $PROXY is the port, $PROXY_LOG a line a request (METHOD PATH STATUS BYTES); see proxy.h for the rules.
proxy_start() {
  PROXY_LOG=$TEST_DIR/proxy.log
  "$builddir/tests/e2e/proxy" "$REGISTRY" "$PROXY_LOG" >"$TEST_DIR/proxy.out" 2>&1 &
  own $!
  PROXY=$(port_in "$TEST_DIR/proxy.out") || exit 1
}
# proxy_rules RULE…: replaces all; none: spoils nothing.
proxy_rules() { printf '%s\n' "$@" | curl -sf --noproxy '*' --data-binary @- "http://127.0.0.1:$PROXY/_control" >/dev/null; }

# A request of the registry's access log: `METHOD PATH STATUS BYTES`.
registry_requests() { sed -nE 's/^[^"]*"([A-Z]+) ([^ ]+) [^"]*" ([0-9]+) ([0-9]+) .*/\1 \2 \3 \4/p' "$REGISTRY_LOG"; }
# Digests of blobs that were fetched whole or in part, since line $1 of the log.
blobs_fetched() { registry_requests | tail -n "+$(($1 + 1))" | sed -nE 's,^GET /v2/.*/blobs/([^ ?]+).*,\1,p' | sort; }
registry_mark() { registry_requests | wc -l; }

# ---- images --------------------------------------------------------------------------------------------------------
# Made once for all tests of a run, from nothing: umoci makes the layout, no program in it ever runs.
#   app:latest   one small layer, entry point, environment, volumes, user      app:lf   an environment with a line feed
#   big:1, big:2 the layers of app, then three of 8 MB; big:2 has one of 40 kB more
images_make() (
  set -e
  mkdir -p "$1" && cd "$1"
  # Without sub-ids and capabilities umoci wants --rootless; as root it does not.
  rootless=()
  [ "$(id -u)" -eq 0 ] || rootless=(--rootless)
  umoci init --layout L
  umoci new --image L:base
  umoci unpack "${rootless[@]}" --image L:base B
  r=B/rootfs
  mkdir -p $r/bin $r/etc $r/tmp $r/data $r/proc $r/sys $r/dev
  printf '#!/bin/nothing\n' >$r/bin/sh
  printf 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/data:/bin/sh\n' >$r/etc/passwd
  printf 'root:x:0:\napp:x:1000:\n' >$r/etc/group
  printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' >$r/etc/os-release
  printf '12.0\n' >$r/etc/debian_version
  umoci repack --image L:base B
  umoci config --image L:base --tag app \
    --config.entrypoint /bin/sh --config.entrypoint -c --config.cmd 'exec sleep 1' \
    --config.env PATH=/bin --config.env 'GREETING=hello world' --config.exposedports 8080/tcp \
    --config.volume /data --config.volume /config --config.user 1000:1000 --config.workingdir /data \
    --config.stopsignal SIGINT --architecture amd64 --os linux
  umoci config --image L:app --tag lf --config.env "$(printf 'EVIL=one\nmemory: 99')"
  umoci tag --image L:app big1
  for i in 1 2 3; do
    head -c 8M /dev/urandom >blob
    umoci insert "${rootless[@]}" --image L:big1 blob "/opt/$i"
  done
  head -c 40960 /dev/urandom >blob
  umoci insert "${rootless[@]}" --image L:big1 --tag big2 blob /opt/4
  rm -rf B blob
)

# Sets $IMAGES to the layout, made when it is not there.
images() {
  local cache=$builddir/tests/logs/images
  [ -d "$builddir/tests/logs" ] || cache=$TEST_DIR/images
  IMAGES=$cache/L
  (
    flock 9
    [ -e "$cache/ready" ] || { images_make "$cache" && touch "$cache/ready"; }
  ) 9>"$cache.lock" >"$TEST_DIR/images.log" 2>&1 || {
    sed 's/^/# /' "$TEST_DIR/images.log"
    exit 1
  }
}

# push TAG-IN-LAYOUT NAME:TAG [OPTION…]
push() {
  skopeo --insecure-policy copy -q --dest-tls-verify=false "${@:3}" "oci:$IMAGES:$1" "docker://127.0.0.1:$REGISTRY/$2" ||
    { note "could not push $1"; exit 1; }
}

# ---- the simulated host --------------------------------------------------------------------------------------------
# simhost [PORT]: an empty host in $HOST, the tools on PATH, docker.io mirrored by the registry at PORT (its own registry
# is not started).
simhost() {
  HOST=$TEST_DIR/host
  "$builddir/tengil-sim" init "$HOST" --empty >/dev/null || exit 1
  echo 0 >"$HOST/root/.sim/pace"
  export TENGIL_ROOT=$HOST/root TENGIL_STATE_DIR=$HOST/state TENGIL_CACHE_DIR=$HOST/cache
  export TENGIL_CONFIG=$HOST/config.yaml TENGIL_LIBEXEC_DIR=$builddir TENGIL_DATA_DIR=$srcdir/assets
  export PATH=$HOST/bin:$PATH
  [ -z "${1-}" ] || mirror "$1"
}
# other_ct VMID NAME: a CT that somebody made by other means than ours.
other_ct() {
  local file=$TENGIL_ROOT/root/other.tar
  [ -f "$file" ] || { mkdir -p "${file%/*}" && skopeo --insecure-policy copy -q "oci:$IMAGES:app" "oci-archive:$file"; }
  "$HOST/bin/pct" create "$1" /root/other.tar --hostname "$2" --storage local-lvm >"$TEST_DIR/other.log" 2>&1
}
mirror() { printf 'registries:\n  docker.io: {mirror: "127.0.0.1:%s", insecure: true}\n' "$1" >"$TENGIL_CONFIG"; }

tengil() { "$builddir/tengil-tui" "$@"; }
# run COMMAND…: stdout in out, stderr in err, the exit code in $code.
run() {
  "$@" >"$TEST_DIR/out" 2>"$TEST_DIR/err" </dev/null
  code=$?
}

# What a failed or cancelled job has to leave as it was: confs (their locks are lines of them), volumes, folders of CTs,
# host folders, guests known to the cluster. Finished images may stay.
host_confs_and_disks() (
  cd "$TENGIL_ROOT" || exit
  {
    for conf in etc/pve/nodes/*/*/*.conf; do [ -f "$conf" ] && sed "s,^,$conf: ," "$conf"; done
    find var/lib/vz/images var/lib/lxc dev/pve tank -mindepth 1 2>/dev/null
    find .sim/volumes -mindepth 2 2>/dev/null
    grep -oE '"[0-9]+": *\{[^}]*"type"[^,}]*' etc/pve/.vmlist | sed 's/^/guest /'
  } | LC_ALL=C sort
)
# What no job leaves: half-made files, pulls under way, locks and claims that somebody holds.
host_loose() (
  cd "$TENGIL_ROOT" || exit
  find etc/pve/ -name '*.tmp*' -o -path '*/lxc/.*'
  find var/lib/vz/template -name '*.tmp*' -o -path '*/cache/.*'
  for lock in run/lock/lxc/*.lock; do
    [ ! -f "$lock" ] || flock -n "$lock" true || echo "held: $lock"
  done
  find "$TENGIL_CACHE_DIR/pull" -mindepth 1 2>/dev/null
  held_claims
)
host_state() { host_confs_and_disks && host_loose; }
# Claims that a living process holds.
held_claims() {
  local claim
  for claim in "$TENGIL_STATE_DIR"/claims/*; do
    [ -f "$claim" ] && grep -q ":$(stat -c %i "$claim") " /proc/locks && echo "claimed: ${claim##*/}"
  done
}

# The newest job, or one field of job N: `job_field 3 state`.
last_job() { tengil jobs --json | jq -r '.[0].job // 0'; }
job_field() { tengil jobs --json | jq -r --argjson n "$1" ".[] | select(.job == \$n) | .$2"; }
job_is() { [ "$(job_field "$1" state)" = "$2" ]; }

# oci_spec FILE LINE…: a spec of the image demo/app with these lines behind it.
oci_spec() {
  printf '%s\n' 'oci: {image: demo/app, tag: latest}' 'storage: local-lvm' 'network: {bridge: vmbr0, ip: dhcp}' "${@:2}" >"$1"
}

#!/bin/bash
# Jobs on the screens, in a real terminal: a failed job's reason is found by the keys that the screen shows, a pull that
# runs is cancelled, two terminals follow one job to the same end, and a job outlives the program. The host is the simulated
# one with its seeded jobs; the pull is the real skopeo's, from a real registry behind the proxy. Waits for texts, never for
# times.
# shellcheck source=tests/e2e/lib.sh
. "${srcdir:=.}/tests/e2e/lib.sh"

for tool in tmux skopeo docker-registry umoci curl; do
  if ! command -v $tool >/dev/null; then
    echo "1..0 # SKIP $tool is not installed"
    exit 0
  fi
done
here=$(cd "$builddir" && pwd)
tm() { env -u TMUX tmux -S "$TEST_DIR/tmux.sock" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; clean_up' EXIT

# All of these take the pane first.
screen() { tm capture-pane -p -t "$1"; }
shows() { screen "$1" | grep -qF -- "$2"; }
shows_not() { ! shows "$1" "$2"; }
sees() { wait_until shows "$1" "$2" || { screen "$1"; return 1; }; }
sees_not() { wait_until shows_not "$1" "$2" || { screen "$1"; return 1; }; }
keys() { tm send-keys -t "$@"; }
line_of() { screen "$1" | grep -F -- "$2" | head -n 1 | sed 's/ *$//'; }
pane() { # pane NAME: a terminal of 80x24 with a shell
  tm new-session -d -s "$1" -x 80 -y 24 "env PS1='> ' HISTFILE= bash --norc -i"
}
program() { # program PANE: the screens in it
  keys "$1" "clear; $here/tengil-tui; echo end=\$?" Enter
  sees "$1" '101 adguard'
}
pid_in() { pgrep -n -P "$(tm display -p -t "$1" '#{pane_pid}')" -x tengil-tui; }

registry_start
proxy_start
images
push big1 library/big:1
push big2 library/big:2
HOST=$TEST_DIR/host
"$builddir/tengil-sim" init "$HOST" >/dev/null || exit 1
rm -f "$HOST/root/.sim/pace"
export TENGIL_ROOT=$HOST/root TENGIL_STATE_DIR=$HOST/state TENGIL_CACHE_DIR=$HOST/cache
export TENGIL_CONFIG=$HOST/config.yaml TENGIL_LIBEXEC_DIR=$here TENGIL_DATA_DIR=$srcdir/assets PATH=$HOST/bin:$PATH
mirror "$PROXY"
slow_pull() { # slow_pull TAG: its number in $job
  proxy_rules 'slow 100000 - blobs/'
  run tengil pull --detach "library/big:$1"
  job=$(sed -n 's/^job //p' err)
}
on_job() { # on_job PANE TEXT: on Jobs, the cursor on the newest, which is this one
  keys "$1" 3
  sees "$1" 'JOB WHAT' && sees "$1" "$(printf ' %3d %s' "$job" "$2")" || return 1
  keys "$1" g
  sees "$1" "$(printf '>  %3d %s' "$job" "$2")"
}
pane a

# ---- the pictures, at a fixed moment --------------------------------------------------------------------------------
golden=$(cd "$srcdir" && pwd)/tests/golden
# What differs from host to host: its own figures, and where tengil-job lies.
steady() { sed -E 's/CPU +[0-9]+%(  MEM +[0-9.]+[MGT]\/[0-9.]+[MGT])?/CPU  N%/; s,\$ /.*,$ tengil-job …,; s/ +$//'; }
picture() { # picture NAME FILE TEXT: once the text is there, the screen is that of the file
  sees p "$3"
  [ -z "${UPDATE_GOLDEN-}" ] || screen p | steady >"$golden/$2"
  is "$1" "$(screen p | steady)" "$(cat "$golden/$2")"
}
moment="TZ=UTC TENGIL_NOW=1763996460"
env $moment "$builddir/tengil-sim" init "$TEST_DIR/monday" >/dev/null || exit 1
tm new-session -d -s p -x 80 -y 24 "env $moment TENGIL_ROOT=$TEST_DIR/monday/root TENGIL_STATE_DIR=$TEST_DIR/monday/state \
  TENGIL_CACHE_DIR=$TEST_DIR/monday/cache $here/tengil-tui"
sees p '101 adguard'
keys p 3
picture 'Jobs at 80x24' screen-jobs.txt '✗ No space left on device'
keys p Enter
picture 'the log of a failed job at 80x24' screen-log-failed.txt 'The end of the log'
tm resize-window -t p -x 40 -y 10
sees p '✓ 1 to 2 are done'
picture 'the same at 40x10' screen-log-failed-small.txt '✓ 1 to 2 are done'
keys p h
sees p 'WHAT  '
picture 'Jobs at 40x10' screen-jobs-small.txt 'WHAT  '
tm kill-session -t p

# ---- a failed job's reason -----------------------------------------------------------------------------------------
ok 'the program opens' program a
ok 'the tab says that a failure was not read' sees a '3 Jobs !1'
keys a 3
ok 'Jobs opens on it' sees a '>   41 Create CT 110 frigate'
ok 'its reason stands on the message row' sees a '✗ No space left on device'
ok 'the way to the log is named' sees a 'Enter log'
keys a Enter
ok 'the log page says where it failed' sees a 'at step 3 of 7'
ok 'which step, how' sees a 'exit code 255'
ok 'what was not run' sees a '- 4 to 7 were not run'
ok 'what was undone' sees a '✓ Undone: no CT 110 and no disk of it is left'
ok 'the words of the tool' sees a 'unable to create CT 110 - No space left on device'
ok 'what to do next' sees a '>[ Change and run again: disk 12 GiB ]'
ok 'it counts as read' sees_not a '!1'
keys a /
sees a '/'
keys a -l 'SUPERBLOCK'
keys a Enter
ok 'a search that finds nothing says so' sees a 'SUPERBLOCK is not in the log from here on.'
keys a g
keys a /
keys a C-u
keys a -l 'superblock'
keys a Enter
ok 'a search finds' sees a 'Superblock backups stored on blocks:'
keys a S
sees a 'Save the log as: '
keys a C-u
keys a -l "$TEST_DIR/saved.log"
keys a Enter
ok 'the log is saved' sees a 'Saved as'
is 'all of it, for its owner only' "$(cmp "$TEST_DIR/saved.log" "$HOST/state/jobs/41/log") $(stat -c %a "$TEST_DIR/saved.log")" ' 600'
keys a S
sees a 'Save the log as: '
keys a C-u
keys a -l "$TEST_DIR/saved.log"
keys a Enter
ok 'what is there already is not overwritten' sees a 'is there already and was left as it is'
keys a Escape
sees_not a 'and was left as it is'
keys a Enter
ok 'Enter opens the form with what it was made from' sees a 'New container › frigate'
ok 'with a larger disk' sees a '[12 '
keys a Escape
sees a 'Throw it away'
keys a Tab Enter
ok 'and back' sees a '[ Run again as it was ]'
keys a Tab Enter
ok 'the same once more runs' sees a 'Create CT 110 frigate: job 43'
ok 'and shows its log' sees a 'Jobs › 43 Create CT 110 frigate'
ok 'to its end' sees a 'done today'
ok 'the CT is there' grep -q 'hostname: frigate' "$HOST/root/etc/pve/lxc/110.conf"

# ---- forget, and what an interrupted job leaves ----------------------------------------------------------------------
keys a 3
sees a 'Jobs  '
keys a f
ok 'f shows what failed' sees a 'filter: status:failed'
ok 'the interrupted one too' sees a '28 Download debian-13-standard'
keys a G
sees a '>   28 Download'
keys a z
ok 'what is left is undone after a question' sees a 'was interrupted at step 1 of 1.'
keys a y
ok 'and it is no failure any more' sees_not a '28 Download'
keys a Escape
sees_not a 'filter:'
keys a G
sees a '>   26 Create CT 126 syncthing'
keys a D
ok 'to forget is asked' sees a 'Its log goes for good.'
keys a Enter
ok 'Enter keeps it' sees_not a 'Its log goes for good.'
keys a D
sees a 'Its log goes for good.'
keys a y
ok 'y forgets' sees_not a '26 Create CT 126'
is 'its folder is gone' "$(ls -d "$HOST/state/jobs/26" 2>/dev/null)" ''

# ---- a pull that runs is cancelled -----------------------------------------------------------------------------------
keys a 1
sees a '[1 Containers]'
slow_pull 1
ok 'the job row shows it' sees a '▸ Pull docker.io/library/big:1'
ok 'the tab too' sees a '3 Jobs ▸1'
ok 'Jobs shows it first' on_job a 'Pull docker.io/library/big:1'
ok 'with its step' sees a '▸ step 1 of 2, pull'
keys a Enter
ok 'its bar is bytes on disk' sees a '% '
ok 'it is followed' sees a ', following'
keys a x
ok 'cancel asks' sees a '>[ Let it run ]'
keys a y
ok 'and cancels' sees a 'cancelled today'
ok 'the step says so' wait_until eval 'line_of a "1 Pull docker.io" | grep -q "cancelled"'
ok 'what it did is undone' sees a '✓ Undone'
is 'nothing of it is left' "$(ls "$HOST/cache/pull" 2>/dev/null)" ''

# ---- a registry that stalls ------------------------------------------------------------------------------------------
percent() { screen a | sed -nE 's/^ +█*░* +([0-9]+)% .*/\1/p;s/^ +█*░* +([0-9]+)%$/\1/p' | head -n 1; }
stands() { # at two fifths, and once more a second later
  [ "$(percent)" -ge 39 ] && [ "$(percent)" -le 41 ] && sleep 1 && [ "$(percent)" -ge 39 ] && [ "$(percent)" -le 41 ]
}
rm -rf "$HOST/cache/blobs"
proxy_rules 'stall 3355443 - blobs/'
run tengil pull --detach library/big:2
job=$(sed -n 's/^job //p' err)
on_job a 'Pull docker.io/library/big:2'
keys a Enter
sees a ', following'
ok 'the bar stands where the registry stalls' wait_until stands
keys a t
ok 'keys are answered' sees a 'Copying blob'
keys a x
sees a '>[ Let it run ]'
keys a y
ok 'cancel works' sees a 'cancelled today'
proxy_rules

# ---- two terminals on one job ---------------------------------------------------------------------------------------
pane b
ok 'a second terminal' program b
slow_pull 2
for p in a b; do
  keys $p 1
  sees $p '[1 Containers]'
  sees $p '▸ Pull docker.io/library/big:2'
  on_job $p 'Pull docker.io/library/big:2'
  keys $p Enter
  ok "terminal $p follows job $job" sees $p "Jobs › $job Pull docker.io/library/big:2"
  sees $p ', following'
done
proxy_rules
ok 'the first sees its end' sees a 'done today'
ok 'the second sees its end' sees b 'done today'
steps() { screen "$1" | grep -E '^ [✓✗-] [0-9]' | sed 's/ *$//'; }
is 'both show the same steps' "$(steps a)" "$(steps b)"
is 'all of them are done' "$(steps a | grep -c '✓')" 2

# ---- the job outlives the program ------------------------------------------------------------------------------------
rm -rf "$HOST/cache/blobs"
slow_pull 1
on_job a 'Pull docker.io/library/big:1'
keys a Enter
sees a "Jobs › $job Pull docker.io/library/big:1"
sees a ', following'
kill -9 "$(pid_in a)"
sees a 'end=137'
keys a 'stty sane; tput rmcup' Enter
run tengil jobs
ok 'the job runs on' grep -Eq "^ *$job .*running" out
ok 'the next start shows it' program a
ok 'in its job row' sees a '▸ Pull docker.io/library/big:1'
keys a 3
sees a 'JOB WHAT'
ok 'with the cursor on what runs' sees a "$(printf '>  %3d Pull docker.io/library/big:1' "$job")"
keys a Enter
ok 'its log is whole' sees a 'Getting image source signatures'
proxy_rules
ok 'and it comes to its end' sees a 'done today'
keys a q
sees a '[3 Jobs'
keys a q
ok 'quitting leaves no question when nothing runs' sees a 'end=0'

done_testing

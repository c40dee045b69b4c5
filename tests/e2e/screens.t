#!/bin/bash
# The screens in a real terminal: the demo's first picture, a filter, a CT started and shut down by keys, and the terminal as
# it was after each end. tmux is the terminal. Waits for texts, never for times.
# shellcheck source=tests/e2e/lib.sh
. "${srcdir:=.}/tests/e2e/lib.sh"

if ! command -v tmux >/dev/null; then
  echo "1..0 # SKIP tmux is not installed"
  exit 0
fi
here=$(cd "$builddir" && pwd)
data=$(cd "$srcdir" && pwd)/assets
golden=$(cd "$srcdir" && pwd)/tests/golden
tm() { env -u TMUX tmux -S "$TEST_DIR/tmux.sock" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null' EXIT
screen() { tm capture-pane -p -t t; }
sees() { # sees TEXT: the text comes to the screen
  local i
  for ((i = 0; i < patience * 20; i++)); do
    screen | grep -qF -- "$1" && return 0
    sleep 0.05
  done
  screen
  return 1
}
sees_not() { # the text goes
  local i
  for ((i = 0; i < patience * 20; i++)); do
    screen | grep -qF -- "$1" || return 0
    sleep 0.05
  done
  screen
  return 1
}
keys() { tm send-keys -t t "$@"; }
type_text() { tm send-keys -t t -l "$1"; }
# What differs from run to run and host to host: the host's own figures.
steady() { sed -E 's/CPU +[0-9]+%  MEM +[0-9.]+[MGT]\/[0-9.]+[MGT]/CPU  N%  MEM NNG\/NNG/; s/ +$//'; }
looks() { # looks NAME GOLDEN ROWS: the rows (of sed) become those of the file
  local i
  for ((i = 0; i < patience * 20; i++)); do
    [ "$(screen | steady | sed -n "$3")" = "$(cat "$golden/$2")" ] && break
    sleep 0.05
  done
  is "$1" "$(screen | steady | sed -n "$3")" "$(cat "$golden/$2")"
}
start() { # start [VARIABLES]: the program in a shell of the pane
  keys "clear; env TENGIL_LIBEXEC_DIR=$here TENGIL_DATA_DIR=$data $* $here/tengil-tui --demo=$TEST_DIR/demo; echo end=\$?" Enter
  sees '101 adguard'
}
at_shell() { # the program ended with the code, and the terminal is as it was
  sees "end=$1" || return 1
  keys 'clear; echo "now=[$(stty -g | md5sum)]"' Enter
  sees "now=[$before]"
}
plain_screen() { [ "$(tm display -p -t t '#{alternate_on}#{cursor_flag}')" = 01 ]; }
program() { pgrep -n -P "$(tm display -p -t t '#{pane_pid}')" -x tengil-tui; }

tm new-session -d -s t -x 80 -y 24 "env PS1='> ' HISTFILE= bash --norc -i"
keys 'clear; echo "was=[$(stty -g | md5sum)]"' Enter
sees 'was=[' >/dev/null
sees 'was=[' && before=$(screen | sed -n 's/^was=\[\([^]]*\)\].*/\1/p' | head -n 1)

# ---- the first picture ---------------------------------------------------------------------------------------------
ok 'the demo opens on the containers' start
sees 'docker.io/adguard/adguardhome:v0.107.69'
looks 'the first screen at 80x24' screen-containers.txt p
tm resize-window -t t -x 40 -y 10
looks 'at 40x10' screen-containers-small.txt p
tm resize-window -t t -x 28 -y 6
ok 'below 40x10 one message' sees 'This terminal is 28x6.'
tm resize-window -t t -x 80 -y 24
ok 'and growing brings all back' sees 'v0.107.69'

# ---- filter and marks ----------------------------------------------------------------------------------------------
keys /
type_text 'node:pve2 status:running'
ok 'a filter, live' sees '8 of 20'
keys Enter
keys g
keys Space Space
ok 'marks' sees '8 of 20, 2 marked   3/8'
looks 'filter and marks at 80x24' screen-containers-filter.txt 2,13p
keys Escape
ok 'Esc lifts the marks' sees_not 'marked'
keys Escape
ok 'then the filter' sees '20 CTs, 15 running'

# ---- acts ----------------------------------------------------------------------------------------------------------
keys /
type_text paperless
sees '1 of 20'
keys Enter
sees '>   104 paperless     pve  ○ stopped'
keys s
ok 's starts the CT under the cursor' sees '104 paperless     pve  ● running'
ok 'and says so' sees '✓ Start CT 104 paperless'
keys s
ok 'a running one cannot be started, and it says why' sees 'running already'
keys Escape
sees_not 'running already'
keys x
ok 'x asks' sees 'What still runs after 60 seconds is'
keys Enter
ok 'Enter is the harmless answer' sees_not 'What still runs'
is 'and nothing was done' "$(ls "$TEST_DIR/demo/state/jobs" | sort -n | tail -n 1)" 43
keys x
sees 'What still runs after 60 seconds is'
keys y
ok 'y shuts it down' sees '104 paperless     pve  ○ stopped'
keys Escape
sees '20 CTs, 15 running'
keys m
ok 'm shows why something cannot be done' sees 'is not running'
keys Escape
sees_not 'Esc close'
keys '?'
ok '? shows the keys' sees 'THIS ROW, OR THE MARKED ONES'
keys /
type_text 'read again'
keys Enter
ok 'and does what was found' sees 'Reading the host again.'
keys d
ok 'd does nothing' sees 'd does nothing here. D destroys, Enter shows details.'

keys x
sees 'is not running.'
keys Escape
sees_not 'is not running.'
keys o
sees 'Sort by'
keys C-c
ok '^C quits from a question too' sees 'end=0'
start

# ---- ends ----------------------------------------------------------------------------------------------------------
keys q
ok 'q quits, the modes are as before' at_shell 0
ok 'the first screen and the cursor are back' plain_screen
for signal in TERM HUP; do
  start
  kill -s "$signal" "$(program)"
  ok "$signal ends it, the modes are as before" at_shell "$((128 + $(kill -l "$signal")))"
  ok "$signal: the first screen and the cursor are back" plain_screen
done
start
kill -s SEGV "$(program)"
# 139, or 1 where a sanitizer tells of it.
ok 'a crash leaves the modes as before' at_shell 1
ok 'a crash: the first screen and the cursor are back' plain_screen
start
keys C-z
ok '^Z stops it' sees 'Stopped'
ok '^Z: the first screen is back' plain_screen
keys 'fg' Enter
ok 'fg brings it back whole' sees '102 nextcloud'
keys Q
sees 'end=0' >/dev/null

# ---- what survives ------------------------------------------------------------------------------------------------
start
keys /
type_text paperless
sees '1 of 20'
keys Enter
sees '>   104 paperless     pve  ○ stopped'
keys s
sees '~ starts'
kill -KILL "$(program)"
sees 'end=137'
keys 'stty sane; tput rmcup; clear' Enter
start
ok 'kill -9 of the program: its job went on' sees '104 paperless     pve  ● running'
keys 3
ok 'and the next start shows it' sees 'Start CT 104 paperless'
is 'as done' "$(screen | grep -c 'Start CT 104 paperless.*✓ done')" 2
keys Q
sees 'end=0'

# ---- hostile text --------------------------------------------------------------------------------------------------
conf=$TEST_DIR/demo/root/etc/pve/nodes/pve/lxc/109.conf
sed -i $'s/^hostname: .*/hostname: ev\e]0;PWNED\ail/; s/^ostype/lock: \e[31mx\\nostype/; s/^tags: .*/tags: a\e]52;c;AAAA\ab/' "$conf"
tm pipe-pane -t t "cat >$TEST_DIR/raw"
start
tm resize-window -t t -x 140 -y 30
ok 'control bytes of a name are shown' sees 'ev\x1B]0;PWNED'
keys /
type_text 109
sees '1 of 20'
keys Enter
keys y
sees 'Copy'
keys Escape
sees_not 'Esc close'
keys m
sees 'open'
keys Escape
sees_not 'Esc close'
keys Enter
sees 'Processor'
keys Q
sees 'end=0'
tm pipe-pane -t t
ok 'and never obeyed' lacks "$TEST_DIR/raw" $'\e]0;PWNED'
ok 'nor those of a lock' lacks "$TEST_DIR/raw" $'\e[31mx'
ok 'nor those of tags' lacks "$TEST_DIR/raw" $'\e]52;c;AAAA'
tm resize-window -t t -x 80 -y 24

# ---- other terminals -----------------------------------------------------------------------------------------------
start LC_ALL=C
ok 'LANG=C: ASCII only' sees '>   101 adguard       pve  + running   1% 118M/512M'
ok 'and nothing else' test -z "$(screen | LC_ALL=C tr -d '\n\040-\176')"
keys q
sees 'end=0' >/dev/null
start NO_COLOR=1
colours() { tm capture-pane -p -e -t t | grep -cE $'\e\\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7])[;m]'; }
is 'NO_COLOR: no colour is sent' "$(colours)" 0
keys q
sees 'end=0' >/dev/null
done_testing

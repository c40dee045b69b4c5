#!/bin/bash
# The terminal layer in a real terminal: what keys arrive as, and that the terminal is as before whatever happens. A small
# program (termtest) shows the keys that it saw; tmux is the terminal. Waits for texts, never for times.
set -u
: "${builddir:=$PWD}" "${TEST_DIR:=$(mktemp -d)}"
export LC_ALL=C.UTF-8
prog=$builddir/tests/e2e/termtest
cd "$TEST_DIR" || exit 1
sock=$TEST_DIR/tmux.sock
n=0 bad=0

ok() { # ok NAME COMMAND...
  local name=$1
  shift
  n=$((n + 1))
  if "$@"; then echo "ok $n - $name"; else
    bad=$((bad + 1))
    echo "not ok $n - $name"
    screen | grep -v '^ *$' | sed 's/^/#   /'
  fi
}
if ! command -v tmux >/dev/null || ! command -v script >/dev/null; then
  echo "1..0 # SKIP tmux or script is not installed"
  exit 0
fi
tm() { env -u TMUX tmux -S "$sock" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null' EXIT
screen() { tm capture-pane -p -t t; }
sees() { # sees TEXT [SECONDS]: the text comes to the screen
  local i
  for ((i = 0; i < ${2:-20} * 20; i++)); do
    screen | grep -qF -- "$1" && return 0
    sleep 0.05
  done
  return 1
}
lacks() { ! screen | grep -qF -- "$1"; }
keys() { tm send-keys -t t "$@"; }
at_shell() { # at a prompt, and the terminal is as it was
  keys 'clear; echo "now=[$(stty -g | md5sum)]"' Enter
  sees "now=[$before]"
}
flag() { [ "$(tm display -p -t t "$1")" = "$2" ]; }
pid_of() { pgrep -n -P "$(tm display -p -t t '#{pane_pid}')" -x termtest; }
gone() {
  local i
  for ((i = 0; i < 200; i++)); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.05; done
  return 1
}
start() {
  keys "clear; $* $prog ${what-}" Enter
  sees 'ready' && pid=$(pid_of)
}
restored() { # restored NAME: after the program is gone
  gone "$pid"
  ok "$1: modes are as before" at_shell
  ok "$1: the first screen is back, with its cursor" flag '#{alternate_on}#{cursor_flag}' 01
}

# The pane has no terminal size of its own before a client comes.
tm new-session -d -s t -x 80 -y 24 'PS1="$ " exec bash --norc --noprofile' || exit 1
tm set -g default-terminal tmux-256color
keys 'bind "set enable-bracketed-paste off"; clear; echo "before=[$(stty -g | md5sum)]"' Enter
sees 'before=[' || exit 1
sleep 0.2
before=$(screen | sed -n 's/^before=\[\(.*\)\]$/\1/p')
ok "the modes of the shell are known" test -n "$before"

# --- keys ---
ok "it starts on the second screen, cursor hidden" start
ok "it is the alternate screen" flag '#{alternate_on}#{cursor_flag}' 10
ok "the title is cleaned" flag '#{pane_title}' 'termtest \x1B]2;evil\x07 title'
best=9999
for i in 1 2 3 4 5; do
  from=$(date +%s%3N)
  keys Escape
  until screen | grep -qF "$i code 27" || [ $(($(date +%s%3N) - from)) -gt 5000 ]; do :; done
  took=$(($(date +%s%3N) - from))
  [ "$took" -lt "$best" ] && best=$took
done
ok "Esc alone is there long before the second that curses would wait ($best ms)" test "$best" -le 700
keys M-x
ok "Esc with a key behind it is Alt" sees '6 alt char U+0078'
keys C-s C-q
ok "^S arrives as a key" sees '7 code 19'
ok "^Q arrives as a key" sees '8 code 17'
keys Up F5 BTab Enter BSpace C-c
ok "arrows have names" sees '9 code 259 KEY_UP'
ok "function keys have names" sees '10 code 269 KEY_F(5)'
ok "Shift-Tab has a name" sees '11 code 353 KEY_BTAB'
ok "Enter is 10" sees '12 code 10'
ok "Backspace is 127" sees '13 code 127'
ok "^C is a key" sees '14 code 3'
keys C-p
keys a b c
ok "keys that came in a busy time are all there" sees '18 char U+0063'
keys C-l
keys a b c
sleep 0.5
keys d
ok "keys that came before a question are thrown away" sees '20 char U+0064'
tm set-buffer $'two\nlines\033[A'
tm paste-buffer -p -r -t t
ok "a paste is one event" sees '21 paste of 12: two\x0Alines\x1B[A'

# --- size ---
tm resize-window -t t -x 100 -y 30
ok "a new size is seen" sees 'termtest 100x30 ready'
ok "and is one event" sees '22 size'
tm resize-window -t t -x 20 -y 5
ok "a small one does no harm" sees 'termtest 20x5 ready'
tm resize-window -t t -x 80 -y 24
ok "and back" sees 'termtest 80x24 ready'

# --- away and back ---
keys C-z
ok "^Z gives the shell" sees 'Stopped'
ok "^Z: modes are as before" at_shell
ok "^Z: first screen, cursor" flag '#{alternate_on}#{cursor_flag}' 01
keys 'fg' Enter
ok "fg brings it back" sees 'code 26'
ok "fg: second screen" flag '#{alternate_on}#{cursor_flag}' 10
keys x
ok "fg: keys arrive" sees 'char U+0078'
keys C-e
ok "lent: the child has the shell's modes" sees 'lent ixon'
keys 'hello' Enter
ok "lent: the child reads what is typed, its ^Z does not strand us, its end brings us back" sees 'lent, status 0'
keys C-s y
ok "lent: ^S is ours again" sees 'code 19'
ok "lent: keys arrive" sees 'char U+0079'
kill -TSTP "$pid"
ok "TSTP gives the shell" sees 'Stopped'
ok "TSTP: modes are as before" at_shell
keys 'fg' Enter
ok "TSTP: back" sees 'char U+0079'
keys q
ok "q ends it" sees 'termtest ends'
restored "end"
keys 'clear; echo ca""t; cat -v' Enter
sees 'cat'
tm paste-buffer -p -t t
ok "pastes are no more marked" sees 'lines'
ok "no mark is left" lacks '200~'
keys C-c

# --- ends ---
for sig in TERM HUP INT SEGV ABRT BUS FPE ILL; do
  start
  kill -s "$sig" "$pid"
  restored "$sig"
done
for what in segv abrt; do
  start
  keys a
  restored "$what by itself"
done
what=''

# --- stray output ---
start STRAY="$TEST_DIR/stray"
keys C-o w
ok "stray stderr does not tear the screen" sees '2 char U+0077'
ok "it is not there" lacks 'STRAY OUTPUT'
ok "it is in the file" grep -q 'STRAY OUTPUT' "$TEST_DIR/stray"
keys q
restored "stray"

# --- bytes, one by one: through a pseudo terminal that a pipe feeds ---
mkfifo in
keys "clear; script -qfc $prog /dev/null <in" Enter
exec 3>in
ok "it starts over a pipe" sees ready
printf '\303' >&3
sleep 0.3
printf '\251' >&3
ok "a character whose bytes come apart is whole" sees '1 char U+00E9'
printf '\377xy\303z\200\342\202w' >&3
ok "invalid bytes swallow nothing: x" sees '2 char U+0078'
ok "invalid bytes swallow nothing: y" sees '3 char U+0079'
ok "a lead byte alone swallows nothing" sees '4 char U+007A'
ok "a character cut short swallows nothing" sees '5 char U+0077'
printf '\360\237\246\212' >&3
ok "four bytes are one character" sees '6 char U+1F98A'
printf '\033[200~abc' >&3
sleep 0.3
printf '\033[Bd\303\251\033[201~k' >&3
ok "a paste in pieces is one" sees '7 paste of 9: abc\x1B[Bdé'
ok "keys go on behind it" sees '8 char U+006B'
printf '\033[200~lost' >&3
sleep 3.3
printf 'm' >&3
ok "a paste without its end gives up" sees '10 char U+006D'
printf 'q' >&3
exec 3>&-
ok "it ends" sees 'termtest ends'

echo "1..$n"
[ "$bad" -eq 0 ]

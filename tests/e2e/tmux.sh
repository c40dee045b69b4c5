# For the tests of the screens, which source this after lib.sh: the program in a pane of a tmux of its own. Waits for texts,
# never for times.
# shellcheck shell=bash
: "${builddir:?}" "${srcdir:?}" "${TEST_DIR:?}" "${patience:?}"

if ! command -v tmux >/dev/null; then
  echo "1..0 # SKIP tmux is not installed"
  exit 0
fi
here=$(cd "$builddir" && pwd)
DEMO=$TEST_DIR/demo
data=$(cd "$srcdir" && pwd)/assets
tm() { env -u TMUX tmux -S "$TEST_DIR/tmux.sock" -f /dev/null "$@"; }
screen() { tm capture-pane -p -t t; }
keys() { tm send-keys -t t "$@"; }
type_text() { tm send-keys -t t -l "$1"; }
# sees TEXT, sees_not TEXT: it comes to the screen, it goes.
sees() {
  wait_until on_screen "$1" || { screen; return 1; }
}
sees_not() {
  wait_until off_screen "$1" || { screen; return 1; }
}
on_screen() { screen | grep -qF -- "$1"; }
off_screen() { ! on_screen "$1"; }
# terminal WIDTH HEIGHT: the pane, with a shell.
terminal() {
  trap 'tm kill-server 2>/dev/null; clean_up' EXIT
  tm new-session -d -s t -x "$1" -y "$2" "env PS1='> ' HISTFILE= bash --norc -i"
}
# demo [VARIABLES]: the program over the demo in $DEMO.
demo() {
  keys "clear; env TENGIL_LIBEXEC_DIR=$here TENGIL_DATA_DIR=$data $* $here/tengil-tui --demo=$DEMO; echo end=\$?" Enter
  sees '101 adguard'
}
# The demo's own tools, beside the program.
demo_tool() { env TENGIL_ROOT="$DEMO/root" PATH="$DEMO/bin:$PATH" "$@"; }

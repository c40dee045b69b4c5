#!/bin/bash
# From the screens alone: a CT made by the form, its job followed, the CT running; then destroyed on its page. With the real
# skopeo and the demo's registry, at 80x24.
# shellcheck source=tests/e2e/lib.sh
. "${srcdir:=.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/tmux.sh
. "$srcdir/tests/e2e/tmux.sh"

if ! command -v skopeo >/dev/null; then
  echo "1..0 # SKIP skopeo is not installed"
  exit 0
fi
ct_conf() { demo_tool pct config 110 | tr '\0' ' ' >"$TEST_DIR/conf"; }
runs() { demo_tool pct list | grep -qE '^110 +running'; }
row_runs() { screen | grep -qE '110 jellyfin .* ● running'; }
gone() { ! demo_tool pct list | grep -qE '^110 '; }

terminal 80 24
ok 'the demo opens' demo

# ---- the form ------------------------------------------------------------------------------------------------------
keys n
sees 'OCI image' >/dev/null
keys 2
ok 'the form opens' sees 'New container'
ok 'on the image' sees '>  Image'
keys C-s
ok 'without one there is nothing to create' sees 'No image is named'
keys Escape
sees_not '✗' >/dev/null
type_text 'jellyfin/jellyfin:10.11.99'
keys Tab
ok 'the name comes from the image' sees 'New container › jellyfin'
keys Tab Tab Tab
type_text '8'
keys Tab
sees '8       ] MiB' >/dev/null
keys BTab
ok 'too little memory is said in the words of the spec' sees 'Memory: 8 MiB is too small; 16 MiB is the least.'
ok 'and is ? in the command' sees '--memory ? …'
type_text '4G'
ok 'G is converted' sees '[4096'
ok 'and stands in the command' sees '--memory 4096 …'
keys C-s
ok 'an image that the registry does not have' sees 'does not exist in the registry'
ok 'stands at its field' sees '>  Image'
ok 'and nothing was made' gone
keys Escape
sees_not '✗' >/dev/null
type_text 'jellyfin/jellyfin:10.11.2'
keys Tab
ok 'one that it has' sees 'MiB'

# ---- a new volume, the environment ---------------------------------------------------------------------------------
tm resize-window -t t -x 120 -y 40
ok 'the commands stand beside it' sees 'nothing has run'
tm resize-window -t t -x 80 -y 24
sees_not 'nothing has run' >/dev/null
ok 'and a smaller terminal keeps what was typed' sees '10.11.2'
# By tabs from the name to the list of mounts.
for _ in $(seq 22); do
  screen | grep -qE '^ >  \+ Add a mount' && break
  keys Tab
  sleep 0.05
done
ok 'the list of mounts' sees ' >  + Add a mount'
keys a
ok 'its fields open below' sees 'What'
keys Right
sees 'Storage' >/dev/null
keys Tab Tab
type_text '4'
keys Tab
type_text '/config'
ok 'a new volume' sees '/config      new volume on local-lvm'
keys C-v
ok 'the commands, whole' sees '› Commands'
keys Escape
ok 'and back' sees '/config      new volume'

# ---- create --------------------------------------------------------------------------------------------------------
keys C-s
ok 'the log of the job opens' sees 'Create CT 110 jellyfin'
ok 'the CT comes to run' wait_until runs
ct_conf
has 'with what the form said' conf 'memory: 4096'
has 'its volume' conf 'mp=/config'
has 'its name' conf 'hostname: jellyfin'
has 'its mark' conf 'image=docker.io/jellyfin/jellyfin%3A10.11.2'
ok 'the job ends well' sees '✓ 4'
keys 1
ok 'the CT stands among the others' sees '110 jellyfin'

# ---- destroy -------------------------------------------------------------------------------------------------------
keys /
type_text 'jellyfin'
keys Enter
ok 'which says that it runs' wait_until row_runs
keys D
ok 'the destroy page' sees 'Lost for good'
ok 'says what is lost' sees '/config'
keys Tab Tab Tab
type_text 'jellyfin'
keys Enter
ok 'a running one wants its tick' sees 'tick Stop it first'
ok 'and runs on' runs
keys BTab BTab BTab Space
sees '[x] Stop it first' >/dev/null
keys Tab Tab Tab
keys C-e BSpace Enter
ok 'the name is wanted whole' sees 'Type jellyfin, all of it.'
ok 'the CT is there still' runs
type_text 'n'
ok 'then it can be pressed' sees '[jellyfin '
keys Enter
ok 'the CT is gone' wait_until gone
ok 'the job says so' sees 'done today'
keys Q
ok 'the program ends' sees 'end=0'

done_testing

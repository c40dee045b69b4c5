#!/bin/bash
# The tools over the host that the demo opens on: what they list, what a template costs, what a failed download leaves.
# shellcheck source=tests/e2e/lib.sh
. "$srcdir/tests/e2e/lib.sh"

"$builddir/tengil-sim" init "$TEST_DIR/demo" >/dev/null || exit 1
demo=$TEST_DIR/demo
rm "$demo/root/.sim/pace"
export TENGIL_ROOT=$demo/root PATH=$demo/bin:$PATH
cache=$demo/root/var/lib/vz/template/cache
ubuntu=ubuntu-24.04-standard_24.04-2_amd64.tar.zst
left() { find "$cache" -name 'ubuntu*' -printf '%f\n' | sed -E 's/[.][0-9]+$/.PID/' | LC_ALL=C sort; }

for tool in pct pveam pvesm pveversion; do
  is "$tool is the demo's" "$(command -v $tool)" "$demo/bin/$tool"
done
is "the CTs of this node" "$(pct list | awk 'NR > 1 { print $1, $2, (NF > 3 ? $3 : "-") }')" "101 running -
102 running -
103 running -
104 stopped -
105 running backup
106 running -
107 stopped -
108 running -
109 running -"
is "free room of the storages, in GiB" "$(pvesm status | awk 'NR > 1 { printf "%s %.1f of %.1f\n", $1, $6 / 1048576, $4 / 1048576 }')" \
  "local 61.2 of 94.0
local-lvm 412.0 of 794.0
tank 3276.8 of 7270.4"
is "images and templates" "$(pveam list local | awk 'NR > 1' | wc -l)" 12
is "disks of CT 104" "$(pvesm list tank --vmid 104 | awk 'NR > 1 { print $1, $4 / 1073741824 }')" "tank:subvol-104-disk-0 4
tank:subvol-104-disk-1 20"
is "backups of CT 105" "$(pvesm list local --content backup --vmid 105 | awk 'NR > 1' | wc -l)" 4
run pveversion -v
has "the version that the idmap of mounts needs" out "pve-container: 6.1.10"
has "the version of the whole" out "pve-manager: 9.2.11 (running version: 9.2.11/"

# Images and templates can be made CTs of.
run pct create 110 local:vztmpl/docker.io_vaultwarden_server_1.34.3_amd64.tar --rootfs local-lvm:4 --net0 name=eth0,bridge=vmbr0,ip=dhcp
is "a CT of a seeded image" $code 0
has "its architecture was found" out "Detected container architecture: amd64"
has "its distribution was found" "$demo/root/etc/pve/lxc/110.conf" "ostype: debian"
has "it starts what the image starts" "$demo/root/etc/pve/lxc/110.conf" "entrypoint: /start.sh"
run pct start 110
is "it starts" $code 0
ok "its address is one of loopback" grep -rq '127\.1\.0\.110' "$demo/root/proc" --include=fib_trie
run pct create 111 "local:vztmpl/alpine-3.22-default_20250617_amd64.tar.zst" --rootfs local-lvm:1
is "a CT of a seeded template" $code 0
has "its distribution was found too" "$demo/root/etc/pve/lxc/111.conf" "ostype: alpine"
is "the ids of all nodes are in .vmlist" "$(grep -oE '"[0-9]+": \{' "$demo/root/etc/pve/.vmlist" | wc -l)" 22

# pveam download ends in 0 whatever happens: the file tells.
download() {
  printf '%s\n' "$1" >"$demo/root/.sim/faults"
  run pveam download local $ubuntu
}
download "pveam download during exit once"
is "a failed download exits with 0" $code 0
has "and says so on stderr" err "download failed: "
is "and leaves nothing" "$(left)" ""
download "pveam download before exit once"
is "one that fails before it begins leaves nothing" "$code $(left)" "0 "
download "pveam download during kill once"
is "a killed one leaves its temporary file" "$code $(left)" "0 $ubuntu.tmp_dwnl.PID"
rm "$cache/$ubuntu".tmp_dwnl.*
touch "$demo/root/.sim/offline"
run pveam download local $ubuntu
has "a host without network says why" err "wget: unable to resolve host address 'download.proxmox.com'"
is "and leaves nothing" "$code $(left)" "0 "
run pveam update
has "nor is the index renewed" err "update failed"
rm "$demo/root/.sim/offline"

printf '%s\n' "pveam download during hang" >"$demo/root/.sim/faults"
pveam download local $ubuntu >hung.out 2>hung.err &
own $!
wait_text hung.out ' 25%'
kill -TERM $!
wait $!
has "SIGTERM ends it" hung.err "received interrupt"
is "and it cleans up" "$(left)" ""
rm "$demo/root/.sim/faults"

run pveam download local $ubuntu
is "a download" "$code $(left)" "0 $ubuntu"
has "is checked" out "OK, checksum verified"
pct create 112 "local:vztmpl/$ubuntu" --rootfs local-lvm:1 >/dev/null
has "and is what it says" "$demo/root/etc/pve/lxc/112.conf" "ostype: ubuntu"
run pveam download local $ubuntu
has "a second one finds it" out "no need to download"
printf 'x' >>"$cache/$ubuntu"
run pveam download local $ubuntu
has "a spoiled one is told" err "checksum mismatch"
run pveam remove "local:vztmpl/$ubuntu"
is "and removed" "$code $(left)" "0 "

# Volumes, by hand.
run pvesm alloc local-lvm 110 '' 2G
has "a volume gets the next name" out "successfully created 'local-lvm:vm-110-disk-1'"
is "and is listed" "$(pvesm list local-lvm --vmid 110 | awk '$1 ~ /disk-1/ { print $4 }')" 2147483648
run pvesm free local-lvm:vm-110-disk-1
has "and is gone" out "Removed volume 'local-lvm:vm-110-disk-1'"
is "for good" "$(pvesm list local-lvm --vmid 110 | grep -c disk-1)" 0
is "a volume's path on a real host" "$(pvesm path local-lvm:vm-110-disk-0; pvesm path tank:subvol-102-disk-0)" "/dev/pve/vm-110-disk-0
/tank/subvol-102-disk-0"
done_testing

#!/usr/bin/env bash
# Runs a test binary on an emulated processor with AVX-512, in a copy of the
# folder that it is started in, as `go test` does:
#
#   CGO_ENABLED=0 go test -exec "$PWD/scripts/avx512.sh" ./internal/kernel     make avx512
#
# QEMU's emulation has no AVX-512. Bochs has, but emulates whole machines: this
# one is Debian's Linux with the test as its only program. It takes half a
# minute to boot, and is some hundred times slower than a processor. It needs
#
#   apt-get install --no-install-recommends bochs bochs-term busybox-static cpio \
#       genisoimage isolinux linux-image-cloud-amd64 syslinux-common
#
# and takes the newest Linux in /boot, or the one that LINUX names.
set -euo pipefail

linux=${LINUX:-$(find /boot -name 'vmlinuz-*-amd64' | sort -V | tail -1)}
for needed in "$(type -P bochs)" /bin/busybox "$linux"; do
	[[ -f $needed ]] || { echo "$0: no Bochs, busybox or Linux: the script's head says what to install" >&2; exit 1; }
done
machine=$(mktemp -d)
emulator=
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$machine"' EXIT
trap 'exit 1' HUP INT QUIT TERM

# The only program of the machine, and what it finds there.
mkdir -p "$machine"/{root/{bin,dev,proc,tmp},disc}
cp /bin/busybox "$machine/root/bin/"
cp "$1" "$machine/root/bin/test-binary"
cp -R . "$machine/root/work"
cat >"$machine/root/init" <<END
#!/bin/busybox sh
/bin/busybox --install /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
export HOME=/tmp GOAL_SEARCH_KERNEL=avx512
run() {
	grep -qw avx512vl /proc/cpuinfo || { echo "Linux found no AVX-512"; return 1; }
	cd /work && test-binary$(printf ' %q' "${@:2}")
}
# The last stty waits until everything is printed.
(stty -onlcr; run; echo "exit status \$?"; stty onlcr) </dev/ttyS0 >/dev/ttyS0 2>&1
poweroff -f
END
chmod +x "$machine/root/init"

(cd "$machine/root" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1 >"$machine/disc/initrd")
cp "$linux" "$machine/disc/linux"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$machine/disc/"
# Bochs 2.7 tells the size of the compact form of XSAVE wrong, upon which Linux
# would turn AVX off.
cat >"$machine/disc/isolinux.cfg" <<'END'
default linux
label linux
	kernel /linux
	append initrd=/initrd console=ttyS0 loglevel=1 mitigations=off clearcpuid=xsaves,xsavec panic=-1 reboot=triple
END
genisoimage -quiet -o "$machine/disc.iso" -b isolinux.bin -c boot.cat \
	-no-emul-boot -boot-load-size 4 -boot-info-table "$machine/disc"

# A machine of few instructions a second waits for fewer of them.
cat >"$machine/bochsrc" <<END
cpu: model=corei7_skylake_x, ips=50000000, reset_on_triple_fault=0
memory: guest=2048, host=2048
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=$machine/disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=/dev/fd/3
display_library: rfb, options="timeout=0"
panic: action=fatal
log: $machine/log
END

# Debian's Bochs has a debugger, which waits to be told to go on.
exec 4< <(exec bochs -q -f "$machine/bochsrc" 3>&1 >"$machine/output" 2>&1 <<<continue)
emulator=$!
status=
while IFS= read -r line <&4; do
	case $line in
	"exit status "*) status=${line##* } ;;
	*) [[ $status ]] || printf '%s\n' "$line" ;;
	esac
done
[[ $status ]] || { tail -n 20 "$machine/output" "$machine/log" >&2; exit 1; }
exit "$status"

# shellcheck shell=bash
# Makes a raw disk image with a Debian in it, without mounts, and caches it. Sourced by scripts/disk-image.

readonly DISK_COMMANDS=(debootstrap:debootstrap sgdisk:gdisk mke2fs:e2fsprogs)
readonly DISK_PACKAGES=(linux-image-cloud-amd64 initramfs-tools zstd systemd systemd-sysv udev kmod login util-linux
  pciutils fio)
readonly DISK_MIB=768
readonly DISK_PARTITION_MIB=1 # where the one partition starts
readonly DISK_PASSWORD=javisor

# disk_suite: prints "SUITE MIRROR": what this machine's apt takes Debian from.
disk_suite() {
  apt-get indextargets --format '$(CODENAME) $(SITE) $(ORIGIN) $(LABEL) $(COMPONENT)' 'Created-By: Packages' |
    awk '$3 == "Debian" && $4 == "Debian" && $5 == "main" && $1 !~ /-/ {print $1, $2; exit}'
}

# disk_versions: what apt would install, one package a line: an image is as old as its packages.
disk_versions() {
  apt-cache policy "${DISK_PACKAGES[@]}" "${CLOUD_PACKAGES[@]}" | awk '/^[^ ]/ {name = $1} /Candidate:/ {print name, $2}'
}

# disk_image: sets DISK_IMAGE to the folder with disk.raw and, out of it, vmlinuz and initrd.img, making it first where
# its inputs are new. The disk is a GPT with one ext4 partition; root's password is DISK_PASSWORD; whatever console the
# kernel is told of gets a login prompt. Beside it is cloud.raw, the same Debian as a cloud image (cloud_build).
disk_image() {
  local suite mirror key work lock started=$SECONDS script=$JAVISOR_ROOT/scripts/disk-image
  mkdir -p "$JAVISOR_CACHE/disks" ||
    die "$EXIT_MISSING" "disk image: cannot write to $JAVISOR_CACHE; name another folder in JAVISOR_CACHE"
  have apt-get || die "$EXIT_MISSING" "disk image: needs the apt of a Debian, to download packages"
  read -r suite mirror < <(disk_suite) || true
  if [ -z "${mirror-}" ]; then
    say "disk image: apt's lists name no Debian yet; fetching them"
    lab_update || die "$EXIT_MISSING" "disk image: cannot fetch apt's lists (its words are above)"
    read -r suite mirror < <(disk_suite) ||
      die "$EXIT_MISSING" "disk image: this machine's apt has no source of Debian's main packages"
  fi
  key=$({ echo "$suite $mirror"; disk_versions; cat "$JAVISOR_ROOT"/scripts/{disk,cloud}-image.sh; } | sha256sum | cut -c1-16)
  DISK_IMAGE=$JAVISOR_CACHE/disks/$key
  if [ ! -e "$DISK_IMAGE" ]; then
    exec {lock}>"$JAVISOR_CACHE/disks/lock"
    flock "$lock"
    if [ ! -e "$DISK_IMAGE" ]; then
      can_be_root ||
        die "$EXIT_MISSING" "disk image: debootstrap needs root, once; run: sudo JAVISOR_CACHE=$JAVISOR_CACHE $script"
      need_commands "the disk image" "${DISK_COMMANDS[@]}"
      say "making a disk image of Debian $suite by debootstrap, once"
      work=$(mktemp -d "$JAVISOR_CACHE/disks/.new.XXXXXX")
      if ! as_root "$script" --build "$work" "$suite" "$mirror" >"$work/log" 2>&1; then
        show_tail "$work/log" 40
        as_root rm -rf --one-file-system -- "$work"
        die "$EXIT_DIED" "disk image: could not make it (its last words are above)"
      fi
      mv -T "$work/image" "$DISK_IMAGE"
      as_root rm -rf --one-file-system -- "$work"
      # Images that nobody used for a month.
      find "$JAVISOR_CACHE/disks" -mindepth 1 -maxdepth 1 -mtime +30 ! -name lock -exec rm -rf -- {} +
      say "made $DISK_IMAGE in $((SECONDS - started)) s"
    fi
    exec {lock}>&-
  fi
  touch -c "$DISK_IMAGE"
}

# disk_build WORK SUITE MIRROR: as root, leaves WORK/image, which belongs to WORK's owner.
disk_build() (
  set -euo pipefail
  umask 022
  work=$1 root=$1/root proxy=''
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  [ -z "$proxy" ] || export http_proxy=$proxy
  mkdir -p "$root/etc/dpkg/dpkg.cfg.d" "$work/image"
  # A machine that dies here starts over; and nobody reads manuals in it.
  printf '%s\n' force-unsafe-io path-exclude=/usr/share/{doc,man,locale,info}/* >"$root/etc/dpkg/dpkg.cfg.d/image"
  # The initial RAM disk is made once, at the end.
  packages=$(IFS=, && echo "${DISK_PACKAGES[*]}")
  INITRD=No debootstrap --variant=minbase --include="$packages" "$2" "$root" "$3" || {
    tail -n 30 "$root/debootstrap/debootstrap.log" || true
    exit 1
  }
  disk_configure "$root"
  chroot "$root" update-initramfs -c -k all
  disk_shrink "$root"

  cp -L "$root"/boot/vmlinuz-* "$work/image/vmlinuz"
  cp -L "$root"/boot/initrd.img-* "$work/image/initrd.img"
  disk=$work/image/disk.raw
  truncate -s "${DISK_MIB}M" "$disk"
  sgdisk --new "1:${DISK_PARTITION_MIB}M:0" --typecode 1:8300 --change-name 1:root "$disk"
  # The backup of the partition table takes the last MiB.
  mke2fs -q -t ext4 -L root -d "$root" -E "offset=$((DISK_PARTITION_MIB << 20)),lazy_itable_init=0" "$disk" \
    "$((DISK_MIB - DISK_PARTITION_MIB - 1))M"
  cloud_build "$root" "$work/image/cloud.raw"
  chown -R --reference="$work" "$work/image"
)

# disk_configure ROOT: a host name, a password, and nothing that costs time at each boot or comes by itself.
disk_configure() {
  local root=$1 unit
  local units=({apt-daily,apt-daily-upgrade,dpkg-db-backup,e2scrub_all,fstrim}.timer e2scrub_reap.service getty-static.service)
  rm "$root/etc/dpkg/dpkg.cfg.d/image"
  echo debian >"$root/etc/hostname"
  echo '/dev/vda1 / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
  # Any id: without one the first boot would be a "first boot".
  echo 6a617669736f72000000000000000001 >"$root/etc/machine-id"
  disk_early_console "$root/etc/initramfs-tools"
  echo "root:$DISK_PASSWORD" | chroot "$root" chpasswd
  for unit in "${units[@]}"; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
}

# disk_early_console FOLDER: makes the initial RAM disk do with console=hvc0 alone. Its driver is a module, so that the
# first process starts with no files open; udev then takes its own sockets for standard input and output, and closes them.
disk_early_console() {
  echo virtio_console >>"$1/modules"
  cat >"$1/scripts/init-top/console" <<'SCRIPT'
#!/bin/sh
[ "$1" != prereqs ] || exit 0
modprobe -a virtio_pci virtio_console
echo 'if (: </dev/console) 2>/dev/null; then exec </dev/console >/dev/console 2>&1; fi' >/conf/param.conf
SCRIPT
  chmod +x "$1/scripts/init-top/console"
}

# disk_shrink ROOT: drops what only apt needs.
disk_shrink() {
  rm -rf -- "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/{doc,man,locale,info}/* "$1"/var/log/bootstrap.log
}

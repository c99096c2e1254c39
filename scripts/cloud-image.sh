# shellcheck shell=bash
# Makes a cloud image of the Debian that scripts/disk-image.sh has made: what a UEFI firmware boots, with cloud-init.
# Sourced by scripts/disk-image.

readonly CLOUD_PACKAGES=(cloud-init dmidecode systemd-boot-efi dosfstools mtools)
readonly CLOUD_MIB=832
readonly CLOUD_ESP_MIB=64

# cloud_build ROOT DISK: as root, changes the system in the folder ROOT, and writes the image DISK: GPT, an EFI system
# partition with systemd-boot, kernel and initial RAM disk, and the root partition. What makes file systems for the
# firmware comes from the image itself.
cloud_build() (
  set -euo pipefail
  root=$1 disk=$2
  mounted=(chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8)
  "${mounted[@]}" apt-get -q update
  "${mounted[@]}" apt-get -q -y --no-install-recommends install "${CLOUD_PACKAGES[@]}"
  cloud_configure "$root"
  truncate -s "${CLOUD_ESP_MIB}M" "$root/esp"
  "${mounted[@]}" mkfs.fat -F 32 -n ESP /esp
  "${mounted[@]}" mmd -i /esp ::EFI ::EFI/BOOT ::loader ::loader/entries
  cloud_copy "$root" /usr/lib/systemd/boot/efi/systemd-bootx64.efi EFI/BOOT/BOOTX64.EFI
  cloud_copy "$root" "/$(cd "$root" && echo boot/vmlinuz-*)" vmlinuz
  cloud_copy "$root" "/$(cd "$root" && echo boot/initrd.img-*)" initrd.img
  cloud_copy "$root" /loader.conf loader/loader.conf
  cloud_copy "$root" /debian.conf loader/entries/debian.conf
  mv "$root/esp" "$disk.esp"
  rm "$root"/{loader,debian}.conf
  disk_shrink "$root"

  truncate -s "${CLOUD_MIB}M" "$disk"
  sgdisk --new "1:${DISK_PARTITION_MIB}M:+${CLOUD_ESP_MIB}M" --typecode 1:ef00 --change-name 1:esp \
    --new 2:0:0 --typecode 2:8304 --change-name 2:root "$disk"
  dd if="$disk.esp" of="$disk" bs=1M seek="$DISK_PARTITION_MIB" conv=notrunc status=none
  rm "$disk.esp"
  mke2fs -q -t ext4 -L cloud-root -d "$root" \
    -E "offset=$((DISK_PARTITION_MIB + CLOUD_ESP_MIB << 20)),lazy_itable_init=0" "$disk" \
    "$((CLOUD_MIB - CLOUD_ESP_MIB - DISK_PARTITION_MIB - 1))M"
)

# cloud_copy ROOT FILE TARGET: puts a file of the image onto its EFI system partition.
cloud_copy() { chroot "$1" mcopy -i /esp "$2" "::$3"; }

# cloud_configure ROOT: what cloud-init and the boot loader go by. cloud-init does its first stages only, which are done
# before anybody can log in: the later ones are about packages, locales and keys, and starting a Python for each takes long
# on an emulated machine. The console is for systemd's words, not for those of the kernel: each byte is two exits.
cloud_configure() {
  local root=$1 unit
  for unit in cloud-config cloud-final; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
  done
  echo 'LABEL=cloud-root / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
  cat >"$root/etc/cloud/cloud.cfg.d/90-test.cfg" <<'CONFIG'
datasource_list: [NoCloud, None]
cloud_init_modules: [set_hostname, update_hostname, users-groups]
CONFIG
  printf '%s\n' 'default debian.conf' 'timeout 0' >"$root/loader.conf"
  printf '%s\n' 'title Debian' 'linux /vmlinuz' 'initrd /initrd.img' \
    'options root=LABEL=cloud-root ro console=ttyS0 loglevel=4' >"$root/debian.conf"
}

# shellcheck shell=bash
# Makes the lab's kernel and initramfs from the distribution's own packages, and caches them. Sourced by scripts/lab.

readonly LAB_MODULES_NEEDED=(virtio_pci virtio_blk 9pnet_virtio 9p overlay kvm_amd)
readonly LAB_MODULES_WANTED=(tun vhost_net vhost_vsock vsock_loopback bridge veth dummy macvtap loop fuse virtiofs ext4
  vfat nls_ascii squashfs nbd vfio_pci msr)

# lab_setup: what the lab needs to be installed is installed when this returns.
lab_setup() {
  need_commands "the lab" "${LAB_COMMANDS[@]}"
}

# lab_packages: the packages to take apart, one "name version" a line, by apt's lists.
# The kernel is a metapackage's dependency (of one more in newer releases); none of it is installed.
lab_packages() {
  local meta todo=() name version depends seen=" "
  for meta in linux-image-amd64 linux-image-generic; do
    apt-cache show --no-all-versions "$meta" >/dev/null 2>&1 && break
    meta=
  done
  [ -n "$meta" ] || return 1
  todo=("$meta" busybox-static)
  while [ ${#todo[@]} -gt 0 ]; do
    name=${todo[0]}
    todo=("${todo[@]:1}")
    case $seen in *" $name "*) continue ;; esac
    seen+="$name "
    { read -r version && read -r depends; } < <(apt-cache show --no-all-versions "$name" 2>/dev/null | awk '
      /^Version:/ && !v { v = $2 }
      /^Depends:/ && !d { sub(/^Depends: */, ""); d = $0 }
      END { print v; print d }') || true
    [ -n "$version" ] || continue
    [ "$name" = "$meta" ] || printf '%s %s\n' "$name" "$version"
    [ "$name" = busybox-static ] && continue
    mapfile -t -O ${#todo[@]} todo < <(awk -v RS='[,|]' '{print $1}' <<<"$depends" |
      grep -E '^linux-(image|binary|modules|modules-extra)-[0-9]' || true)
  done
}

# lab_resolve: lab_packages, remembered until apt's lists change; where apt knows nothing, what was resolved last.
lab_resolve() {
  local resolved=$JAVISOR_CACHE/lab/packages found
  if [ -s "$resolved" ] && [ "$resolved" -nt /var/lib/apt/lists ]; then
    cat "$resolved"
    return
  fi
  if found=$(lab_packages) && grep -q '^linux-' <<<"$found" && grep -q '^busybox' <<<"$found"; then
    printf '%s\n' "$found" >"$resolved.$$" && mv -f "$resolved.$$" "$resolved"
    printf '%s\n' "$found"
  elif [ -s "$resolved" ]; then
    cat "$resolved"
  else
    return 1
  fi
}

# lab_download NAME VERSION: prints the path of the .deb, downloading it (verified by apt) unless it is cached.
lab_download() {
  local name=$1 version=$2 debs=$JAVISOR_CACHE/lab/debs work deb
  deb=$debs/${name}_${version//:/%3a}.deb
  if [ ! -s "$deb" ]; then
    mkdir -p "$debs"
    work=$(mktemp -d "$debs/.new.XXXXXX")
    say "lab: downloading $name $version"
    if ! (cd "$work" && apt-get -q -o APT::Sandbox::User=root download "$name=$version") >"$work/log" 2>&1; then
      show_tail "$work/log" 20
      rm -rf -- "$work"
      return 1
    fi
    mv -f "$work"/*.deb "$deb"
    rm -rf -- "$work"
  fi
  printf '%s\n' "$deb"
}

# lab_modules ROOT KERNEL: the module files to load, in order, one a line.
lab_modules() {
  local root=$1 kernel=$2 module list
  for module in "${LAB_MODULES_NEEDED[@]}" "${LAB_MODULES_WANTED[@]}"; do
    if list=$(modprobe -d "$root" -S "$kernel" --show-depends "$module" 2>&1); then
      awk '/^insmod/ {print $2}' <<<"$list"
    elif [[ " ${LAB_MODULES_NEEDED[*]} " == *" $module "* ]]; then
      say "lab: kernel $kernel has no module $module: $list"
      return 1
    fi
  done | awk '!seen[$0]++'
}

# lab_pack WORK TARGET DEB...: takes the packages apart in WORK and leaves vmlinuz and initrd.gz in TARGET.
lab_pack() {
  local work=$1 target=$2 deb kernel modules number=1000 file name
  shift 2
  for deb in "$@"; do
    dpkg -x "$deb" "$work/packages" || return 1
  done
  # Newer packages keep everything below /usr; depmod and modprobe look below /lib.
  [ -e "$work/packages/lib/modules" ] || ln -s usr/lib "$work/packages/lib"
  file=$(find "$work/packages/boot" "$work/packages/usr/lib/modules" -name 'vmlinuz*' 2>/dev/null | head -n 1)
  [ -n "$file" ] || { say "lab: no kernel in $*"; return 1; }
  kernel=$(cd "$work/packages/lib/modules" && printf '%s\n' * | head -n 1)
  cp "$file" "$target/vmlinuz" && depmod -b "$work/packages" "$kernel" || return 1
  modules=$(lab_modules "$work/packages" "$kernel") || return 1
  mkdir -p "$work/root"/{bin,dev,proc,sys,host,writes,new,modules} || return 1
  for file in "$work/packages/bin/busybox" "$work/packages/usr/bin/busybox"; do
    if [ -f "$file" ]; then cp "$file" "$work/root/bin/busybox"; fi
  done
  while read -r file; do
    number=$((number + 1))
    name=$work/root/modules/$number-$(basename "${file%.[xz]*}")
    case $file in
      *.xz) xz -dc "$file" >"$name" ;;
      *.zst) zstd -qdc "$file" >"$name" ;;
      *) cp "$file" "$name" ;;
    esac || return 1
  done <<<"$modules"
  cp "$JAVISOR_ROOT/scripts/lab-init" "$work/root/init" && chmod 755 "$work/root/init" "$work/root/bin/busybox" || return 1
  (cd "$work/root" && find . -print0 | sort -z | cpio --null -o -H newc --quiet -R 0:0 | gzip -1n) >"$target/initrd.gz"
}

# lab_image: sets LAB_IMAGE to the folder with vmlinuz and initrd.gz, making it first where its inputs are new.
# Any number of labs may call it at once: one builds, under a lock, and the folder appears whole or not at all.
lab_image() {
  local packages key work lock name version deb debs=()
  mkdir -p "$JAVISOR_CACHE/lab/images" ||
    die "$EXIT_MISSING" "lab: cannot write to $JAVISOR_CACHE; name another folder in JAVISOR_CACHE"
  if ! packages=$(lab_resolve); then
    have apt-get || die "$EXIT_MISSING" "lab: needs apt, to download a kernel from Debian or Ubuntu"
    say "lab: apt's lists name no kernel package yet; fetching them"
    lab_update || die "$EXIT_MISSING" "lab: cannot fetch apt's lists (its words are above)"
    packages=$(lab_resolve) || die "$EXIT_MISSING" "lab: apt knows no package linux-image-amd64 or no busybox-static"
  fi
  key=$({ printf '%s\n' "$packages"; cat "$JAVISOR_ROOT/scripts/lab-init" "$JAVISOR_ROOT/scripts/lab-image.sh"; } |
    sha256sum | cut -c1-16)
  LAB_IMAGE=$JAVISOR_CACHE/lab/images/$key
  if [ ! -e "$LAB_IMAGE" ]; then
    exec {lock}>"$JAVISOR_CACHE/lab/lock"
    flock "$lock"
    if [ ! -e "$LAB_IMAGE" ]; then
      work=$(mktemp -d "$JAVISOR_CACHE/lab/images/.new.XXXXXX")
      mkdir "$work/image"
      while read -r name version; do
        if ! deb=$(lab_download "$name" "$version"); then
          rm -rf -- "$work"
          die "$EXIT_MISSING" "lab: cannot download $name $version (apt's words are above); perhaps: sudo apt-get update"
        fi
        debs+=("$deb")
      done <<<"$packages"
      say "lab: making its initramfs"
      lab_pack "$work" "$work/image" "${debs[@]}" ||
        { rm -rf -- "$work"; die "$EXIT_DIED" "lab: could not make its kernel and initramfs"; }
      mv -T "$work/image" "$LAB_IMAGE"
      rm -rf -- "$work"
      lab_prune "${debs[@]}"
    fi
    exec {lock}>&-
  fi
  touch -c "$LAB_IMAGE"
}

# lab_update: fetches apt's lists, or says who must.
lab_update() {
  local log
  can_be_root || die "$EXIT_MISSING" "lab: apt's lists are missing or too old; run: sudo apt-get update"
  log=$(mktemp)
  apt_root update >"$log" 2>&1 || { show_tail "$log" 20; rm -f -- "$log"; return 1; }
  rm -f -- "$log"
}

# lab_prune DEB...: under the lock, drops packages other than those, and images that nobody used for a month.
lab_prune() {
  local file
  for file in "$JAVISOR_CACHE"/lab/debs/*.deb; do
    case " $* " in *" $file "*) ;; *) rm -f -- "$file" ;; esac
  done
  find "$JAVISOR_CACHE/lab/images" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf -- {} +
}

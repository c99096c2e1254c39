# shellcheck shell=bash
# ./javisor doctor: what this machine has and lacks. Changes nothing, installs nothing. Sourced after java.sh.

doctor() {
  local problems=0
  row() { printf '%-4s %-10s %s\n' "$@"; }
  good() { row ok "$@"; }
  bad() { row '!!' "$@"; problems=$((problems + 1)); }

  printf 'Javisor in %s on %s, %s CPUs, %s MiB of memory free\n' "$JAVISOR_ROOT" "$(uname -srm)" "$(nproc)" \
    "$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)"
  if (find_jdk); then
    find_jdk
    good JDK "$JDK_FEATURE in $JAVA_HOME"
  else
    bad JDK "none of $JDK_OLDEST or newer (JAVA_HOME, PATH, /usr/lib/jvm); ./javisor demo installs one where it may"
  fi
  if have mvn; then
    good Maven "$(command -v mvn)"
  else
    bad Maven "not on PATH; run: sudo apt-get install -y maven"
  fi
  doctor_kvm
  doctor_lab
  doctor_probe
  return $((problems > 0))
}

doctor_kvm() {
  if [ ! -e /dev/kvm ]; then
    bad /dev/kvm "missing: virtualization is off in the firmware, or this machine is a VM without nesting; the lab works"
  elif ! (: <>/dev/kvm) 2>/dev/null; then
    bad /dev/kvm "$(id -un) may not open it; run: sudo usermod -aG kvm $(id -un), and log in again"
  else
    good /dev/kvm "opens"
  fi
}

doctor_lab() {
  local pair missing=()
  for pair in "${LAB_COMMANDS[@]}"; do
    have "${pair%%:*}" || missing+=("${pair#*:}")
  done
  if [ ${#missing[@]} = 0 ]; then
    good lab "$(qemu-system-x86_64 --version | head -n 1)"
  else
    bad lab "not installed; run: sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
}

doctor_probe() {
  if [ -z "${JDK_FEATURE-}" ] || ! is_built || ! has_class "$MAIN_CLASS"; then
    row -- KVM "not probed: Javisor is not built yet (./javisor demo builds it)"
    return
  fi
  build_jar
  set_java_flags
  main_class doctor || problems=$((problems + 1))
}

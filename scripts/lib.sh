# shellcheck shell=bash
# What all of Javisor's scripts share: messages, exit codes, paths, and apt. Sourced, never run.
# shellcheck disable=SC2034 # its constants are for those who source it

readonly EXIT_USAGE=64    # a command line that makes no sense
readonly EXIT_MISSING=69  # something that must be installed or done first; the message says what
readonly EXIT_TIMEOUT=124 # a time limit passed
readonly EXIT_DIED=125    # the lab machine ended before the command in it did

JAVISOR_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly JAVISOR_ROOT
JAVISOR_CACHE=${JAVISOR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/javisor}
readonly JAVISOR_CACHE

# What the lab needs of apt; its kernel and busybox are downloaded, not installed.
readonly LAB_COMMANDS=(qemu-system-x86_64:qemu-system-x86 cpio:cpio depmod:kmod xz:xz-utils zstd:zstd)

# Tools such as depmod live in sbin, which the PATH of an ordinary user leaves out.
case :$PATH: in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/sbin:/sbin ;; esac

# say TEXT...: one line about what goes on, on stderr, so that stdout belongs to the command.
say() { printf 'javisor: %s\n' "$*" >&2; }

# die STATUS TEXT...
die() {
  local status=$1
  shift
  say "$*"
  exit "$status"
}

have() { command -v "$1" >/dev/null 2>&1; }

# show_tail FILE COUNT: the last lines of a log, indented, on stderr.
show_tail() { tail -n "$2" -- "$1" 2>/dev/null | sed 's/^/    /' >&2 || true; }

# nearest WORD CANDIDATE...: prints the candidate with the least edit distance, if one is near.
nearest() {
  local word=$1
  shift
  printf '%s\n' "$@" | awk -v w="$word" '
    function min(a, b) { return a < b ? a : b }
    {
      m = length(w); n = length($0)
      for (j = 0; j <= n; j++) d[0, j] = j
      for (i = 1; i <= m; i++) {
        d[i, 0] = i
        for (j = 1; j <= n; j++) {
          cost = substr(w, i, 1) == substr($0, j, 1) ? 0 : 1
          d[i, j] = min(min(d[i-1, j] + 1, d[i, j-1] + 1), d[i-1, j-1] + cost)
        }
      }
      if (best == "" || d[m, n] < least) { best = $0; least = d[m, n] }
    }
    END { if (best != "" && least <= 1 + int(length(w) / 2)) print best }'
}

# as_root COMMAND...: runs it as root, by sudo if that asks nothing; status 126 where neither is possible.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && sudo -n true 2>/dev/null; then
    sudo -n -- "$@"
  else
    return 126
  fi
}

can_be_root() { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }

apt_root() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }

# need_packages WHAT PACKAGE...: has apt install the packages, which WHAT needs; on failure shows what apt said.
need_packages() {
  local what=$1 log
  shift
  local command="apt-get install -y --no-install-recommends $*"
  have apt-get ||
    die "$EXIT_MISSING" "$what needs what Debian calls: $* (there is no apt-get here; install the like of them)"
  can_be_root ||
    die "$EXIT_MISSING" "$what needs packages that are not installed; run: sudo apt-get update && sudo $command"
  say "installing for $what: $*"
  log=$(mktemp)
  # The package lists may be missing (a fresh container) or too old: only then are they fetched.
  if apt_root install -y --no-install-recommends "$@" >"$log" 2>&1 ||
    { apt_root update >"$log" 2>&1 && apt_root install -y --no-install-recommends "$@" >>"$log" 2>&1; }; then
    rm -f -- "$log"
    return 0
  fi
  show_tail "$log" 30
  rm -f -- "$log"
  die "$EXIT_MISSING" "apt could not install them (its words are above); by hand: sudo apt-get update && sudo $command"
}

# need_commands WHAT COMMAND:PACKAGE...: installs the packages whose commands are missing.
need_commands() {
  local what=$1 pair missing=()
  shift
  for pair in "$@"; do
    have "${pair%%:*}" || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} = 0 ] || need_packages "$what" "${missing[@]}"
}

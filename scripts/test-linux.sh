# shellcheck shell=bash
# The tests that boot Linux (JUnit tag linux-guest): here or in labs, over classes already compiled. Sourced by test.
#
# All machines share one folder, which is /out in the labs: they take classes of tests out of a queue there and leave
# events there (dev.javisor.testing.suite). A lab that died or hung gives its unfinished classes back, once.

readonly SUITE_CLASS=dev.javisor.testing.suite.SuiteMain
readonly SUITE_TAG=linux-guest
readonly SUITE_FOLDER=$JAVISOR_ROOT/target/linux-guests
readonly SUITE_TIME_LIMIT=1800 # seconds, for each machine
readonly SUITE_SCRATCH_MIB=4096

# suite JVM-OPTION... -- VERB ARGUMENT...
suite() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  "${SUITE_RUNNER[@]}" "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -ea "${options[@]}" -cp "$TEST_CLASSPATH" "$SUITE_CLASS" "$@"
}

# linux_guests LOGS [CLASS...]: runs and checks; its last line on stdout is "N passed, N failed".
linux_guests() {
  local logs=$1 class
  shift
  rm -rf -- "$SUITE_FOLDER"
  mkdir -p "$SUITE_FOLDER"
  SUITE_RUNNER=(timeout --foreground -k 10 120)
  suite -- discover "$SUITE_FOLDER" "$SUITE_TAG" "$JAVISOR_ROOT/target/test-classes" || return
  if [ $# -gt 0 ]; then
    for class in "$@"; do
      awk -F'\t' -v name="$class" '$1 == name || substr($1, length($1) - length(name)) == "." name' \
        "$SUITE_FOLDER/discovered.tsv"
    done >"$SUITE_FOLDER/chosen.tsv"
    [ -s "$SUITE_FOLDER/chosen.tsv" ] || { say "no test with the tag $SUITE_TAG in $*"; return 1; }
    mv "$SUITE_FOLDER/chosen.tsv" "$SUITE_FOLDER/discovered.tsv"
  fi
  # Guest kernels come over the network, which labs do not have.
  if has_class "$MAIN_CLASS"; then fetch_kernel || return; fi
  DISK_IMAGE=$("$JAVISOR_ROOT/scripts/disk-image") || return
  compile_examples || return
  if kvm_runs_linux; then
    say "this machine's KVM runs stock kernels: the Linux guests boot right here"
    SUITE_RUNNER=(timeout --foreground -k 10 "$SUITE_TIME_LIMIT")
    mkdir "$SUITE_FOLDER/scratch"
    cp --reflink=auto --sparse=always -- "$DISK_IMAGE/disk.raw" "$SUITE_FOLDER/disk.raw"
    set_suite_options "$SUITE_FOLDER/disk.raw" "$SUITE_FOLDER/scratch"
    suite "${SUITE_OPTIONS[@]}" -- run "$SUITE_FOLDER" "$SUITE_TAG" here 2>"$logs/linux-guests-here.log" || true
  else
    linux_guests_in_labs "$logs" || return
  fi
  SUITE_RUNNER=(timeout --foreground -k 10 120)
  suite -- check "$SUITE_FOLDER"
}

# linux_program LIMIT IMAGE CLASS ARGUMENT...: runs a program of the test classes that boots Linux: here, or in a lab, and
# once more where that was lost. Its last argument is a disk to write to that begins as IMAGE, unless that is empty.
linux_program() {
  local limit=$1 image=$2 status=0 disk='' java
  shift 2
  java=("$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -ea)
  if kvm_runs_linux; then
    if [ -n "$image" ]; then
      disk=$JAVISOR_ROOT/target/long.raw
      cp --reflink=auto --sparse=always -- "$image" "$disk" || return
    fi
    timeout -k 10 "$limit" "${java[@]}" -cp "$TEST_CLASSPATH" "$@" ${disk:+"$disk"}
    return
  fi
  java=("$JAVISOR_ROOT/scripts/lab" -t "$limit" ${image:+-D "$image"} -- "${java[@]}" "${LAB_JAVA_FLAGS[@]}")
  "${java[@]}" -cp "$TEST_CLASSPATH" "$@" ${image:+/dev/vda} || status=$?
  case $status in
    "$EXIT_TIMEOUT" | "$EXIT_DIED")
      say "the lab was lost; trying once more"
      "${java[@]}" -cp "$TEST_CLASSPATH" "$@" ${image:+/dev/vda}
      ;;
    *) return "$status" ;;
  esac
}

# compile_examples: tests run them, each in a JVM of its own.
compile_examples() {
  find "$JAVISOR_ROOT/examples/src" -name '*.java' -print0 |
    xargs -0 "$JAVA_HOME/bin/javac" --release 17 -proc:none -cp "$TEST_CLASSPATH" -d "$SUITE_FOLDER/examples" &&
    fetch_packages "$JAVA_HOME/bin/java" -cp "$SUITE_FOLDER/examples:$TEST_CLASSPATH"
}

# set_suite_options DISK SCRATCH: sets SUITE_OPTIONS, what tests are told of a Debian disk that they may write to, of that
# Debian's kernel and initial RAM disk, of a folder for disks of their own, of the examples' classes, and of JUnit's
# command line, which test-compile copies.
set_suite_options() {
  SUITE_OPTIONS=("-Djavisor.test.image=$DISK_IMAGE" "-Djavisor.test.disk=$1" "-Djavisor.test.scratch=$2"
    "-Djavisor.test.examples=$SUITE_FOLDER/examples"
    "-Djavisor.test.junit=$(echo "$JAVISOR_ROOT/target/junits/"junit-platform-console-standalone-1.13*.jar)")
}

# lab_count: one a core, at most 4, and no more than there are classes.
lab_count() {
  local count=${JAVISOR_LABS:-} classes
  [ -n "$count" ] || count=$(nproc)
  classes=$(cut -f1 "$SUITE_FOLDER/discovered.tsv" | sort -u | wc -l)
  [ "$count" -le 4 ] || count=4
  [ "$count" -le "$classes" ] || count=$classes
  echo "$count"
}

linux_guests_in_labs() {
  local logs=$1 labs number
  labs=$(lab_count)
  say "this machine's KVM cannot run stock kernels: the Linux guests boot in emulated machines, $labs side by side"
  run_labs "$logs" 1 "$labs"
  if [ ${#LABS_LOST[@]} -gt 0 ]; then
    for number in "${LABS_LOST[@]}"; do
      give_back "lab $number"
    done
    say "lost: lab ${LABS_LOST[*]}; what it had not finished runs again, once"
    run_labs "$logs" $((labs + 1)) $((labs + ${#LABS_LOST[@]}))
  fi
}

# run_labs LOGS FIRST LAST: labs of these numbers at once, until all end; LABS_LOST are those that died or hung.
run_labs() {
  local logs=$1 number status pids=() running=()
  set_suite_options /dev/vda /scratch
  for ((number = $2; number <= $3; number++)); do
    SUITE_RUNNER=("$JAVISOR_ROOT/scripts/lab" -t "$SUITE_TIME_LIMIT" -o "$SUITE_FOLDER" -l "$logs/lab-$number-kernel.log"
      -D "$DISK_IMAGE/disk.raw" -s "$SUITE_SCRATCH_MIB" --)
    suite "${LAB_JAVA_FLAGS[@]}" "${SUITE_OPTIONS[@]}" -- run /out "$SUITE_TAG" "lab $number" 2>"$logs/lab-$number.log" &
    pids+=($!)
    running+=("$number")
  done
  LABS_LOST=()
  for number in "${!pids[@]}"; do
    status=0
    wait "${pids[number]}" || status=$?
    case $status in
      0 | 1) ;;
      "$EXIT_TIMEOUT" | "$EXIT_DIED") LABS_LOST+=("${running[number]}") ;;
      *) say "lab ${running[number]} ended with status $status" ;;
    esac
    [ "$status" = 0 ] || show_tail "$logs/lab-${running[number]}.log" 40
  done
}

# give_back WHERE: puts the classes back into the queue that a lost machine had claimed and not finished.
give_back() {
  local claim class
  for claim in "$SUITE_FOLDER"/claimed/*/; do
    class=$(basename "$claim")
    if [ ! -e "$SUITE_FOLDER/done/$class" ] && [ "$(cat "$claim/where" 2>/dev/null)" = "$1" ]; then
      rm -rf -- "$claim"
    fi
  done
}

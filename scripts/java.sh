# shellcheck shell=bash
# Starts Javisor's own programs. The only place that knows the verbs of its command line. Sourced after setup.sh.
# shellcheck source=scripts/start.sh
. "$JAVISOR_ROOT/scripts/start.sh"

readonly MAIN_CLASS=dev.javisor.internal.cli.Main
readonly BENCH_CLASS=dev.javisor.bench.Bench

# What a JVM in the lab is told besides: compiling less is faster on an emulated CPU.
readonly LAB_JAVA_FLAGS=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

has_class() { [ -e "$JAVISOR_ROOT/target/classes/${1//.//}.class" ]; }

# setup_main: Javisor is built and can be started when this returns.
setup_main() {
  setup_java
  build_jar
  set_java_flags
  has_class "$MAIN_CLASS" || die "$EXIT_MISSING" "this version has no command line yet ($MAIN_CLASS)"
}

# main_class VERB ARGUMENT...: after setup_main.
main_class() { "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -cp "$RUN_CLASSPATH" "$MAIN_CLASS" "$@"; }

# kvm_runs_linux: whether this machine's /dev/kvm can run a stock kernel. Needs JAVA_FLAGS and RUN_CLASSPATH.
kvm_runs_linux() { has_class "$MAIN_CLASS" && main_class probe >/dev/null 2>&1; }

# fetch_kernel: downloads the guest kernel into the cache, while there is a network: the lab has none.
fetch_kernel() { main_class fetch-kernel; }

# build_examples: compiles the examples against the jar, where they are newer; EXAMPLES_CLASSPATH is what they run with.
# After setup_main.
build_examples() {
  local sources=$JAVISOR_ROOT/examples/src classes=$JAVISOR_ROOT/target/examples
  local lib=$JAVISOR_ROOT/target/examples-lib log=$JAVISOR_ROOT/target/build.log junit
  EXAMPLES_CLASSPATH="$classes:$RUN_CLASSPATH:$lib/*"
  if [ -e "$classes/.built" ] && [ ! "$JAVISOR_ROOT/target/lib/.built" -nt "$classes/.built" ] &&
    [ -z "$(find "$sources" -newer "$classes/.built" -print -quit)" ]; then
    return
  fi
  mkdir -p "$classes"
  setup_java maven
  # What some of them have besides; the POM of the tests names it, too.
  junit=$(sed -n 's:.*<junit.platform.version>\(.*\)<.*:\1:p' "$JAVISOR_ROOT/pom.xml")
  maven_logged "$log" -q "$DEPENDENCY_PLUGIN:copy-dependencies" "$DEPENDENCY_PLUGIN:copy" -DincludeScope=test \
    -DincludeGroupIds=org.eclipse.jetty "-Dartifact=org.junit.platform:junit-platform-console-standalone:$junit" \
    -DoutputDirectory="$lib" || {
    show_tail "$log" 40
    die 1 "the examples' libraries cannot be had; the whole log: target/build.log"
  }
  find "$sources" -name '*.java' -print0 |
    xargs -0 "$JAVA_HOME/bin/javac" --release 17 -proc:none -cp "$EXAMPLES_CLASSPATH" -d "$classes" ||
    die 1 "the examples do not compile"
  touch "$classes/.built"
}

# java_example NAME ARGUMENT...: runs an example that boots Linux; in the lab where this machine cannot.
java_example() {
  local java name=$1 class=dev.javisor.examples.$1 sources=$JAVISOR_ROOT/examples/src lab=()
  shift
  [ -e "$sources/main/java/${class//.//}.java" ] || [ -e "$sources/test/java/${class//.//}.java" ] ||
    die "$EXIT_USAGE" "no example '$name' (examples/run --help)"
  setup_main
  build_examples
  fetch_kernel
  java=("$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -cp "$EXAMPLES_CLASSPATH")
  if ! kvm_runs_linux; then
    say "this machine's KVM cannot run a stock Linux kernel: booting in the lab, an emulated machine whose KVM can"
    lab=("$JAVISOR_ROOT/scripts/lab" -t 600 --)
    java+=("${LAB_JAVA_FLAGS[@]}" -Djavisor.timeout.multiplier=10)
  fi
  if [[ $name == *Test ]]; then
    fetch_packages "${java[@]}"
    set -- org.junit.platform.console.ConsoleLauncher execute --disable-banner --fail-if-no-tests \
      --select-class "$class" "$@"
  else
    set -- "$class" "$@"
  fi
  exec "${lab[@]}" "${java[@]}" "$@"
}

# fetch_packages JAVA...: downloads the packages that the examples' tests put into guests, while there is a network.
fetch_packages() {
  "$@" dev.javisor.examples.DebianTree >/dev/null && return
  # Lists that are old name files which mirrors have no more.
  can_be_root && apt_root update >/dev/null && "$@" dev.javisor.examples.DebianTree >/dev/null
}

# java_run OPTION...: the command line; it keeps the terminal.
java_run() {
  setup_main
  set_start_flags
  exec "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" "${START_FLAGS[@]}" -cp "$RUN_CLASSPATH" "$MAIN_CLASS" run "$@"
}

# java_main VERB ARGUMENT...: another command of the program.
java_main() {
  setup_main
  main_class "$@"
}

# java_bench OPTION...: the benchmarks, which live beside the tests.
java_bench() {
  # One of them starts ./javisor run, which must not have to build then.
  setup_main
  setup_java maven
  build_test_classes
  [ -e "$JAVISOR_ROOT/target/test-classes/${BENCH_CLASS//.//}.class" ] ||
    die "$EXIT_MISSING" "this version has no benchmarks yet ($BENCH_CLASS)"
  exec "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -cp "$TEST_CLASSPATH" "$BENCH_CLASS" "$@"
}

# build_test_classes: compiles all, and sets TEST_CLASSPATH and, of the same classes, RUN_CLASSPATH.
build_test_classes() {
  local log=$JAVISOR_ROOT/target/build.log
  mkdir -p "$JAVISOR_ROOT/target"
  maven_logged "$log" -q test-compile "${TEST_CLASSPATH_GOAL[@]}" || {
    show_tail "$log" 40
    die 1 "the build failed; the whole log: target/build.log"
  }
  set_test_classpath
}

readonly TEST_CLASSPATH_FILE=$JAVISOR_ROOT/target/test.classpath
readonly TEST_CLASSPATH_GOAL=("$DEPENDENCY_PLUGIN:build-classpath" "-Dmdep.outputFile=$TEST_CLASSPATH_FILE" -DincludeScope=test)

set_test_classpath() {
  local classes=$JAVISOR_ROOT/target/classes
  TEST_CLASSPATH=$JAVISOR_ROOT/target/test-classes:$classes:$(cat "$TEST_CLASSPATH_FILE")
  RUN_CLASSPATH=$classes:$(cat "$TEST_CLASSPATH_FILE")
}

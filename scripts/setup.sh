# shellcheck shell=bash
# Finds a JDK and Maven, or installs them, and builds Javisor where its sources changed. Sourced after lib.sh.
# shellcheck disable=SC2034 # RUN_CLASSPATH and JAVA_FLAGS are for those who source it

readonly JDK_OLDEST=17
readonly JDK_PACKAGES=(openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless default-jdk-headless)

# In full: where a plugin is named by its prefix, Maven hides why it cannot be downloaded.
readonly DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin

# jdk_feature HOME: prints the feature number of a JDK (17, 21, ...), without starting it where it says so itself.
jdk_feature() {
  local version='' line
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || return 1
  if [ -r "$1/release" ]; then
    while read -r line; do
      case $line in JAVA_VERSION=*) version=${line#*=} ;; esac
    done <"$1/release"
  fi
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | awk -F'"' '/version/ {print $2; exit}')
  version=${version//\"/}
  version=${version%%[.+-]*}
  [[ $version =~ ^[0-9]+$ ]] && printf '%s\n' "$version"
}

# jdk_homes: the JDKs of this machine, one home a line; the one on PATH first.
jdk_homes() {
  local javac
  if javac=$(command -v javac); then
    dirname -- "$(dirname -- "$(readlink -f -- "$javac")")"
  fi
  for javac in /usr/lib/jvm/*/bin/javac; do
    [ ! -x "$javac" ] || printf '%s\n' "${javac%/bin/javac}"
  done
}

# find_jdk: sets JAVA_HOME and JDK_FEATURE; status 1 if there is no JDK that is new enough.
find_jdk() {
  local home
  if [ -n "${JAVA_HOME-}" ]; then
    JDK_FEATURE=$(jdk_feature "$JAVA_HOME") ||
      die "$EXIT_MISSING" "JAVA_HOME=$JAVA_HOME is not a JDK (no bin/javac); unset it, or name one of $JDK_OLDEST or newer"
    [ "$JDK_FEATURE" -ge "$JDK_OLDEST" ] ||
      die "$EXIT_MISSING" "JAVA_HOME=$JAVA_HOME is JDK $JDK_FEATURE; Javisor needs $JDK_OLDEST or newer"
    return 0
  fi
  while read -r home; do
    if JDK_FEATURE=$(jdk_feature "$home") && [ "$JDK_FEATURE" -ge "$JDK_OLDEST" ]; then
      export JAVA_HOME=$home
      return 0
    fi
  done < <(jdk_homes)
  JDK_FEATURE=
  return 1
}

# jdk_package: the first of JDK_PACKAGES that apt knows.
jdk_package() {
  local name
  for name in "${JDK_PACKAGES[@]}"; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

# setup_java [maven]: a JDK, and what a build needs where asked for, are there when this returns: Maven, and the compiler of
# the guest agent.
setup_java() {
  local missing=() package
  find_jdk || missing+=(jdk)
  if [ "${1-}" = maven ]; then
    have mvn || missing+=(maven)
    have gcc || missing+=(gcc)
    have musl-gcc || missing+=(musl-tools)
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "${missing[0]}" = jdk ]; then
    have apt-cache || die "$EXIT_MISSING" "building needs a JDK of $JDK_OLDEST or newer, Maven, gcc and musl-gcc"
    if ! package=$(jdk_package) && can_be_root; then
      say "fetching apt's package lists"
      apt_root update >/dev/null || say "apt-get update failed"
      package=$(jdk_package) || true
    fi
    missing[0]=${package:-default-jdk-headless}
  fi
  need_packages "building" "${missing[@]}"
  find_jdk || die "$EXIT_MISSING" "the installed JDK is older than $JDK_OLDEST; install a newer one and set JAVA_HOME"
}

# set_java_flags: sets JAVA_FLAGS, what every JVM that Javisor runs in is told.
set_java_flags() {
  # The jar brings no logger, and SLF4J need not say so.
  JAVA_FLAGS=(-Dslf4j.internal.verbosity=ERROR)
  # Newer JVMs warn about native calls unless they are granted.
  [ "$JDK_FEATURE" -lt 22 ] || JAVA_FLAGS+=(--enable-native-access=ALL-UNNAMED)
}

# maven ARGUMENT...: Maven without colours and progress bars, in the tree, and not for ever.
maven() {
  (cd -- "$JAVISOR_ROOT" && exec timeout --foreground -k 10 1200 mvn -B -ntp -Dstyle.color=never "$@" </dev/null)
}

# maven_logged LOG ARGUMENT...: offline, and online only where that failed for anything but the sources.
maven_logged() {
  local log=$1
  shift
  maven -o "$@" >"$log" 2>&1 && return 0
  ! grep -qE 'COMPILATION ERROR|format violations' "$log" || return 1
  maven "$@" >"$log" 2>&1
}

# build_jar: sets RUN_CLASSPATH; the jar and its dependencies are built where a source is newer than they are.
build_jar() {
  local lib=$JAVISOR_ROOT/target/lib log=$JAVISOR_ROOT/target/build.log lock
  is_built && set_run_classpath && return 0
  setup_java maven
  mkdir -p "$lib"
  exec {lock}>"$JAVISOR_ROOT/target/.build.lock"
  flock "$lock"
  if ! is_built; then
    say "building (log: target/build.log)"
    # The jar of an earlier version must not stay on the class path.
    if ! maven_logged "$log" -q -Dmaven.test.skip=true package "$DEPENDENCY_PLUGIN:copy-dependencies" \
      -DincludeScope=runtime -DoutputDirectory="$lib"; then
      show_tail "$log" 40
      die 1 "the build failed; the whole log: target/build.log"
    fi
    rm -f -- "$lib"/javisor-*.jar
    cp -- "$JAVISOR_ROOT"/target/javisor-*[0-9T].jar "$lib/"
    rm -f -- "$lib"/*.jsa
    touch "$lib/.built"
  fi
  exec {lock}>&-
  set_run_classpath
}

# set_run_classpath: RUN_CLASSPATH names the jars one by one: the JVM's archives of classes want the same order again.
set_run_classpath() {
  local IFS=: jars=("$JAVISOR_ROOT"/target/lib/*.jar)
  RUN_CLASSPATH="${jars[*]}"
}

is_built() {
  local built=$JAVISOR_ROOT/target/lib/.built
  [ -e "$built" ] &&
    [ -z "$(find "$JAVISOR_ROOT/pom.xml" "$JAVISOR_ROOT/src/main" "$JAVISOR_ROOT/scripts/agent" -newer "$built" -print -quit)" ]
}

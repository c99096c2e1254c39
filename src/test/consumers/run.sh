#!/bin/bash
# Compiles two consumers, one on the class path and one a module, against the jar as it is shipped, and runs them on this
# JDK and on the newest one of this machine that checks native access. No optional dependency is on their paths.
set -euo pipefail
# shellcheck source=../../../scripts/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/../../../scripts/lib.sh"
# shellcheck source=../../../scripts/setup.sh
. "$JAVISOR_ROOT/scripts/setup.sh"

readonly CONSUMERS=$JAVISOR_ROOT/src/test/consumers
readonly CLASSES=$JAVISOR_ROOT/target/consumers
readonly DENIES_NATIVE_ACCESS=24 # the first JDK that knows --illegal-native-access

setup_java
build_jar
path=
for jar in "$JAVISOR_ROOT"/target/lib/*.jar; do
  case $jar in */picocli-*) ;; *) path+=${path:+:}$jar ;; esac
done

rm -rf -- "$CLASSES"
javac=("$JAVA_HOME/bin/javac" --release 17 "-Xlint:all,-requires-automatic" -Werror)
shared=$CONSUMERS/shared/consumer/Consumer.java
"${javac[@]}" -d "$CLASSES/classpath" -cp "$path" "$shared" "$CONSUMERS/classpath/consumer/Main.java"
"${javac[@]}" -d "$CLASSES/modular" -p "$path" "$shared" "$CONSUMERS/modular/consumer/Main.java" \
  "$CONSUMERS/modular/module-info.java"

# consume HOME FEATURE: runs both.
consume() {
  local classpath=() modular=()
  if [ "$2" -ge "$DENIES_NATIVE_ACCESS" ]; then
    classpath=(--illegal-native-access=deny --enable-native-access=ALL-UNNAMED)
    modular=(--illegal-native-access=deny --enable-native-access=com.sun.jna)
  fi
  echo "-- class path, JDK $2"
  "$1/bin/java" "${classpath[@]}" -cp "$CLASSES/classpath:$path" consumer.Main
  echo "-- module path, JDK $2"
  "$1/bin/java" "${modular[@]}" -p "$CLASSES/modular:$path" -m consumer/consumer.Main
}

consume "$JAVA_HOME" "$JDK_FEATURE"
newest=$JDK_FEATURE newest_home=
while read -r home; do
  if feature=$(jdk_feature "$home") && [ "$feature" -ge "$DENIES_NATIVE_ACCESS" ] && [ "$feature" -gt "$newest" ]; then
    newest=$feature newest_home=$home
  fi
done < <(jdk_homes)
[ -z "$newest_home" ] || consume "$newest_home" "$newest"

/** Javisor: a virtual machine monitor that lives inside a JVM. */
module dev.javisor {
  requires com.google.common;
  requires com.sun.jna;
  requires org.apache.commons.compress;
  requires transitive org.slf4j;
  requires org.tukaani.xz;
  requires static info.picocli;
  requires static org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.javisor;
  exports dev.javisor.agent;
  exports dev.javisor.backend;
  exports dev.javisor.config;
  exports dev.javisor.error;
  exports dev.javisor.event;
  exports dev.javisor.guest;
  exports dev.javisor.image;
  exports dev.javisor.junit;
  exports dev.javisor.net;

  opens dev.javisor.internal.cli to
      info.picocli;
}

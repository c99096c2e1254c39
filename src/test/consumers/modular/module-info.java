/** Needs nothing but Javisor. */
module consumer {
  requires dev.javisor;
}

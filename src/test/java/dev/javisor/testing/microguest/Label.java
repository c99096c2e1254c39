package dev.javisor.testing.microguest;

import java.util.ArrayList;
import java.util.List;

/** A place in the code. It may be used before it is bound. */
public final class Label {
  static final int UNBOUND = -1;

  int offset = UNBOUND;
  final List<Integer> references = new ArrayList<>();

  Label() {}
}

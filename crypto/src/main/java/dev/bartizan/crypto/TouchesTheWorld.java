// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an adapter that may call what the house otherwise forbids: files, sockets, processes, the
 * wall clock.
 *
 * <p>The forbidden calls stand in {@code config/forbidden-apis.txt}. An adapter is thin and takes
 * no decisions; everything else receives it through a constructor, so that every clock and every
 * crash can be tried in a test.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface TouchesTheWorld {
  /** What part of the world, and why here. */
  String value();
}

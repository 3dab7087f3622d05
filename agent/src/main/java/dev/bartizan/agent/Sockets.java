// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import java.io.IOException;

/** The local sockets, which are opened beside other work. */
@FunctionalInterface
interface Sockets {
  /** Fails when one cannot be opened: it is in use, or its directory is missing. */
  void awaitOpen() throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;

/** What is done for a device that has just been taken in, before it is told so. */
@FunctionalInterface
public interface Welcome {
  /** When this fails the device gets no answer, and enrols again. */
  void enrolled(Ueid device) throws IOException, Refusal;
}

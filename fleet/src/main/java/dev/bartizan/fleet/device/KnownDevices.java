// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;
import java.util.Optional;

/** Which devices there are, for who only asks. */
@FunctionalInterface
public interface KnownDevices {
  Optional<Device> find(Ueid ueid) throws IOException, Refusal;
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.result.AttestationResult;
import java.io.IOException;
import java.util.Optional;

/**
 * What came of appraising evidence.
 *
 * @param result the answer
 * @param boot the boot counts of a quote that the enrolled key signed for this nonce: worth keeping
 */
public record Appraisal(AttestationResult result, Optional<Device.BootCounts> boot) {
  /** Remembers the boot, and then keeps the result: one that is kept counts. */
  public void keep(DeviceRegistry registry, ResultStore results) throws IOException, Refusal {
    if (boot.isPresent()) {
      registry.sawBoot(result.ueid(), boot.get());
    }
    results.keep(result);
  }
}

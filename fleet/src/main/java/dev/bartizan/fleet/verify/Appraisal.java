// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.result.AttestationResult;
import java.util.Optional;

/**
 * What came of appraising evidence.
 *
 * @param result the answer
 * @param boot the boot counts of a quote that the enrolled key signed for this nonce: worth keeping
 */
public record Appraisal(AttestationResult result, Optional<Device.BootCounts> boot) {}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

/**
 * Who made the TPM, as it states itself.
 *
 * @param manufacturer the vendor id as printable text: {@code IFX}, {@code STM}, {@code IBM}
 * @param firmwareVersion four numbers with dots
 */
public record TpmIdentity(String manufacturer, String firmwareVersion) {}

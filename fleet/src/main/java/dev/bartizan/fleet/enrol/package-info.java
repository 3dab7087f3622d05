// SPDX-License-Identifier: Apache-2.0
/**
 * Takes devices into the fleet: sees that a genuine chip holds all of a device's keys, then has its
 * certificates issued.
 *
 * <p>Guarantees: for a TPM no certificate without an EK certificate that chains to the operator's
 * {@code ek-roots} as PKIX has it and belongs to the one kind of key its maker is believed for (one
 * chip, one name), or the operator's word for that very key, which the registry keeps and every
 * result repeats; a solved credential challenge, and identity and unwrap keys certified by the
 * activated attestation key over this session's nonce, with the attributes their purpose needs; a
 * token admits one device. Keystores without a chip are taken in only of the kinds the operator
 * named, each by a token, after both keys proved that the device holds them; the registry says so.
 * Not guaranteed: that the chip sits in the device one thinks of (that is what tokens are for), and
 * that its maker has not revoked it: revocation lists of chip makers are not fetched.
 */
@NullMarked
package dev.bartizan.fleet.enrol;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Lets TLS, certificate requests and CMS use the device's keys by reference, whichever keystore
 * they stay in: the identity key signs, the unwrap key agrees.
 *
 * <p>{@link dev.bartizan.crypto.jca.KeystorePrivateKey} stands for the key, {@link
 * dev.bartizan.crypto.jca.BartizanProvider} uses it, {@link
 * dev.bartizan.crypto.jca.DeviceKeyManager} offers it to JSSE.
 *
 * <p>Guarantees: the provider takes no other key and verifies nothing, so registering it changes
 * the behaviour of no other code. The key has no encoding, cannot be serialized and names only its
 * purpose. Not guaranteed: that a signature succeeds; a chip that is busy, locked or replaced shows
 * as a {@link java.security.SignatureException} with the reason as its cause, and fails the
 * handshake.
 */
@NullMarked
package dev.bartizan.crypto.jca;

import org.jspecify.annotations.NullMarked;

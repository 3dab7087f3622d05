// SPDX-License-Identifier: Apache-2.0
/**
 * The key broker: content keys come from authors wrapped to it, and go from it to devices.
 *
 * <pre>
 *   key-broker/key-broker.{key,pem}   opens what authors wrapped; 0600
 *   key-broker/token.json             the same with the key in a PKCS#11 token: which, and its PIN's file
 *   vault/RELEASE.cms                 content keys as they came; RELEASE is the SHA-256 of the manifest
 *   vault/RELEASE.attested.cms        the same of releases whose keys go against evidence alone
 *   (database)                    each key that went so: {@link dev.bartizan.fleet.broker.KeyLog}
 *   served/keys/RELEASE/UEID.cms      content keys as devices get them; any static server serves it
 * </pre>
 *
 * <p>Guarantees: a device that is not enrolled now holds no envelope here; content keys are in the
 * clear only while they are wrapped anew, and never on disk. Not guaranteed: that a content key
 * which a device once opened can be taken back (raise the epoch and release anew), and secrecy of
 * the models from who can read {@code key-broker.key} beside {@code vault/}, or has {@code vault/}
 * together with the token and its PIN.
 */
@NullMarked
package dev.bartizan.fleet.broker;

import org.jspecify.annotations.NullMarked;

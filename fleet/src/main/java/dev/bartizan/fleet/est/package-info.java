// SPDX-License-Identifier: Apache-2.0
/**
 * Lets a device's identity certificate live on: EST (RFC 7030) over mutual TLS, so that other
 * clients than ours can renew here.
 *
 * <p>Guarantees: a certificate is only renewed for an enrolled device that shows one that holds,
 * for the name and the key it was enrolled with, after that key signed the request, and upon an
 * attestation result of the tier, and no older than, the operator's settings say; a device that is
 * revoked or in quarantine gets none; each is written down as issued before it leaves. Not
 * guaranteed: that the key is still in its chip; enrolment saw that, and the evidence says so
 * again.
 */
@NullMarked
package dev.bartizan.fleet.est;

import org.jspecify.annotations.NullMarked;

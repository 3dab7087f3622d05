// SPDX-License-Identifier: Apache-2.0
/**
 * Attestation results as others read them: people, on a page of its own, and the systems of a
 * security team, as lines of JSON with the names of the Elastic Common Schema.
 *
 * <p>Guarantees: what a device or a stranger has worded is text in both, never markup and never a
 * line of its own; a result whose time is over reads as stale, whatever its status.
 */
@NullMarked
package dev.bartizan.fleet.result;

import org.jspecify.annotations.NullMarked;

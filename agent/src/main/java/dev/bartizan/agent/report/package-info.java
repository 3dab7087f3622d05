// SPDX-License-Identifier: Apache-2.0
/**
 * What the device says of itself, and proves: measurements as they happen, evidence on demand.
 *
 * <p>Guarantees: what is measured is in the log and in the PCR before it is used; evidence is bound
 * to the verifier's nonce and carries exactly the measurements that the quoted PCR has.
 */
@NullMarked
package dev.bartizan.agent.report;

import org.jspecify.annotations.NullMarked;

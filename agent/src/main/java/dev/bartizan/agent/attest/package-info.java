// SPDX-License-Identifier: Apache-2.0
/**
 * Shows this device to the fleet's verifier over HTTPS, and asks for content keys by what it
 * showed; makes the statement that an ACME server knows it by.
 *
 * <p>Not guaranteed: an answer that is to the device's liking. Nothing here decides whether this
 * device is to be trusted.
 */
@NullMarked
package dev.bartizan.agent.attest;

import org.jspecify.annotations.NullMarked;

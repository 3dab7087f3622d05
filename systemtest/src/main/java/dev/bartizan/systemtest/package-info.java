// SPDX-License-Identifier: Apache-2.0
/**
 * the system tests: the demo, the end-to-end tests' parts and the benchmarks, on real parts on
 * loopback. Never shipped.
 */
@NullMarked
package dev.bartizan.systemtest;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * A whole machine: the product as systemd runs it, in a container, and under the eyes of a watcher
 * of system calls.
 */
@NullMarked
package dev.bartizan.systemtest.machine;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Real parts, started and stopped: a software TPM, a message broker, a web server, the programs of
 * the distribution. Everything listens on loopback and lives below one directory.
 */
@NullMarked
package dev.bartizan.systemtest.lab;

import org.jspecify.annotations.NullMarked;

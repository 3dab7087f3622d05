// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

/**
 * The same as systemd and an attacker would have it: a minute's patience, a byte in ten seconds.
 */
class DripInRealTimeIT extends DripIT {
  @Override
  int factor() {
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

/** How far memory is kept from others, the weakest first. */
public enum MemoryProtection {
  /** Like any other memory: may be swapped out. */
  ORDINARY("ordinary"),
  /** Never swapped out, and left out of core dumps. */
  LOCKED("locked"),
  /** Besides, in no page table but this process's, not even the kernel's (memfd_secret). */
  HIDDEN("hidden");

  private final String text;

  MemoryProtection(String text) {
    this.text = text;
  }

  /** As the configuration and {@code status} name it. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import java.util.HexFormat;
import java.util.Map;

/**
 * What an event says it is (TCG PC Client Platform Firmware Profile, 10.4.1). No digest covers it:
 * whoever wrote the log could have written another.
 *
 * @param code the 32 bits
 */
public record EventType(int code) {
  static final EventType NO_ACTION = new EventType(0x0000_0003);
  static final EventType SEPARATOR = new EventType(0x0000_0004);
  static final EventType ACTION = new EventType(0x0000_0005);
  static final EventType EVENT_TAG = new EventType(0x0000_0006);
  static final EventType CRTM_VERSION = new EventType(0x0000_0008);
  static final EventType IPL = new EventType(0x0000_000d);
  static final EventType NONHOST_INFO = new EventType(0x0000_0011);
  static final EventType VARIABLE_DRIVER_CONFIG = new EventType(0x8000_0001);
  static final EventType VARIABLE_BOOT = new EventType(0x8000_0002);
  static final EventType GPT = new EventType(0x8000_0006);
  static final EventType EFI_ACTION = new EventType(0x8000_0007);
  static final EventType VARIABLE_BOOT2 = new EventType(0x8000_000c);
  static final EventType GPT2 = new EventType(0x8000_000d);
  static final EventType HCRTM = new EventType(0x8000_0010);
  static final EventType VARIABLE_AUTHORITY = new EventType(0x8000_00e0);

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0x0000_0000, "EV_PREBOOT_CERT"),
          Map.entry(0x0000_0001, "EV_POST_CODE"),
          Map.entry(0x0000_0002, "EV_UNUSED"),
          Map.entry(0x0000_0003, "EV_NO_ACTION"),
          Map.entry(0x0000_0004, "EV_SEPARATOR"),
          Map.entry(0x0000_0005, "EV_ACTION"),
          Map.entry(0x0000_0006, "EV_EVENT_TAG"),
          Map.entry(0x0000_0007, "EV_S_CRTM_CONTENTS"),
          Map.entry(0x0000_0008, "EV_S_CRTM_VERSION"),
          Map.entry(0x0000_0009, "EV_CPU_MICROCODE"),
          Map.entry(0x0000_000a, "EV_PLATFORM_CONFIG_FLAGS"),
          Map.entry(0x0000_000b, "EV_TABLE_OF_DEVICES"),
          Map.entry(0x0000_000c, "EV_COMPACT_HASH"),
          Map.entry(0x0000_000d, "EV_IPL"),
          Map.entry(0x0000_000e, "EV_IPL_PARTITION_DATA"),
          Map.entry(0x0000_000f, "EV_NONHOST_CODE"),
          Map.entry(0x0000_0010, "EV_NONHOST_CONFIG"),
          Map.entry(0x0000_0011, "EV_NONHOST_INFO"),
          Map.entry(0x0000_0012, "EV_OMIT_BOOT_DEVICE_EVENTS"),
          Map.entry(0x0000_0013, "EV_POST_CODE2"),
          Map.entry(0x8000_0000, "EV_EFI_EVENT_BASE"),
          Map.entry(0x8000_0001, "EV_EFI_VARIABLE_DRIVER_CONFIG"),
          Map.entry(0x8000_0002, "EV_EFI_VARIABLE_BOOT"),
          Map.entry(0x8000_0003, "EV_EFI_BOOT_SERVICES_APPLICATION"),
          Map.entry(0x8000_0004, "EV_EFI_BOOT_SERVICES_DRIVER"),
          Map.entry(0x8000_0005, "EV_EFI_RUNTIME_SERVICES_DRIVER"),
          Map.entry(0x8000_0006, "EV_EFI_GPT_EVENT"),
          Map.entry(0x8000_0007, "EV_EFI_ACTION"),
          Map.entry(0x8000_0008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"),
          Map.entry(0x8000_0009, "EV_EFI_HANDOFF_TABLES"),
          Map.entry(0x8000_000a, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"),
          Map.entry(0x8000_000b, "EV_EFI_HANDOFF_TABLES2"),
          Map.entry(0x8000_000c, "EV_EFI_VARIABLE_BOOT2"),
          Map.entry(0x8000_000d, "EV_EFI_GPT_EVENT2"),
          Map.entry(0x8000_0010, "EV_EFI_HCRTM_EVENT"),
          Map.entry(0x8000_00e0, "EV_EFI_VARIABLE_AUTHORITY"),
          Map.entry(0x8000_00e1, "EV_EFI_SPDM_FIRMWARE_BLOB"),
          Map.entry(0x8000_00e2, "EV_EFI_SPDM_FIRMWARE_CONFIG"),
          Map.entry(0x8000_00e3, "EV_EFI_SPDM_DEVICE_POLICY"),
          Map.entry(0x8000_00e4, "EV_EFI_SPDM_DEVICE_AUTHORITY"));

  /** {@code EV_SEPARATOR}; the number when nobody has named it. */
  public String text() {
    return NAMES.getOrDefault(code, "0x" + HexFormat.of().toHexDigits(code));
  }

  boolean isVariable() {
    return equals(VARIABLE_DRIVER_CONFIG)
        || equals(VARIABLE_BOOT)
        || equals(VARIABLE_BOOT2)
        || equals(VARIABLE_AUTHORITY);
  }

  /**
   * Whether the digest is of the event's data by the specification. Of the others the data only
   * describes what was measured. Old boot variables are measured by their value alone.
   */
  boolean isMeasuredByItsData() {
    return equals(SEPARATOR)
        || equals(ACTION)
        || equals(EFI_ACTION)
        || equals(VARIABLE_DRIVER_CONFIG)
        || equals(GPT)
        || equals(GPT2);
  }

  @Override
  public String toString() {
    return text();
  }
}

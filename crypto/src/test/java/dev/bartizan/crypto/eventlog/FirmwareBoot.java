// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static dev.bartizan.crypto.eventlog.EventLogBuilder.EFI_ACTION;
import static dev.bartizan.crypto.eventlog.EventLogBuilder.ascii;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The boot of a machine with UEFI and Secure Boot, shim, GRUB and a signed kernel, with the events,
 * PCRs and order such a machine has. What is measured is made up, and always the same for the same
 * kernel.
 */
public final class FirmwareBoot {
  private static final int CRTM_VERSION = 0x0000_0008;
  private static final int IPL = 0x0000_000d;
  private static final int DRIVER_CONFIG = 0x8000_0001;
  private static final int VARIABLE_BOOT2 = 0x8000_000c;
  private static final int APPLICATION = 0x8000_0003;
  private static final int DRIVER = 0x8000_0004;
  private static final int GPT = 0x8000_0006;
  private static final int FIRMWARE_BLOB = 0x8000_0008;
  private static final int HANDOFF_TABLES = 0x8000_0009;
  private static final int AUTHORITY = 0x8000_00e0;

  private FirmwareBoot() {}

  /** The log of a boot with Secure Boot on, in these banks. */
  public static Bytes log(String kernel, LogHash... banks) {
    return log(kernel, true, banks);
  }

  public static Bytes log(String kernel, boolean secureBoot, LogHash... banks) {
    EventLogBuilder log = EventLogBuilder.agile(banks);
    log.startupLocality(0);
    firmware(log);
    secureBootPolicy(log, secureBoot);
    log.measured(4, EFI_ACTION, ascii("Calling EFI Application from Boot Option"));
    for (int pcr = 0; pcr <= 6; pcr++) {
      log.separator(pcr);
    }
    if (secureBoot) {
      authority(log, "signer of shim");
      authority(log, "signer of " + kernel);
    }
    loader(log, kernel);
    log.measured(5, EFI_ACTION, ascii("Exit Boot Services Invocation"));
    log.measured(5, EFI_ACTION, ascii("Exit Boot Services Returned with Success"));
    return log.build();
  }

  /** Plays this boot: a chip that was just switched on holds afterwards what the log replays to. */
  public static void play(Bytes log, Swtpm chip) throws IOException, LogRefusal {
    play(log, chip, TpmHash.SHA256);
  }

  /** The same of firmware that measures into this bank. */
  public static void play(Bytes log, Swtpm chip, TpmHash bank) throws IOException, LogRefusal {
    for (MeasuredEvent event : EventLog.read(log).events()) {
      if (event.extendsPcr()) {
        chip.extend(bank, event.pcr(), event.digest(LogHash.of(bank)).orElseThrow());
      }
    }
  }

  private static void firmware(EventLogBuilder log) {
    log.measured(
        0, CRTM_VERSION, "Bartizan Test Firmware 4.2\0".getBytes(StandardCharsets.UTF_16LE));
    log.event(0, FIRMWARE_BLOB, content("PEI volume"), blob(0xff00_0000L));
    log.event(0, FIRMWARE_BLOB, content("DXE volume"), blob(0xff40_0000L));
    log.event(1, HANDOFF_TABLES, content("SMBIOS tables"), new byte[24]);
    log.variable(1, VARIABLE_BOOT2, "BootOrder", new byte[] {1, 0, 0, 0});
    log.variable(1, VARIABLE_BOOT2, "Boot0001", content("shim on the first disk"));
    log.image(2, DRIVER, content("network card's option ROM"), "\\OptionRom");
  }

  private static void secureBootPolicy(EventLogBuilder log, boolean on) {
    log.variable(7, DRIVER_CONFIG, "SecureBoot", new byte[] {(byte) (on ? 1 : 0)});
    log.variable(7, DRIVER_CONFIG, "PK", content("platform key"));
    log.variable(7, DRIVER_CONFIG, "KEK", content("key exchange keys"));
    log.variable(7, DRIVER_CONFIG, "db", content("whose code may start"));
    log.variable(7, DRIVER_CONFIG, "dbx", content("what may not"));
    log.separator(7);
  }

  private static void authority(EventLogBuilder log, String signer) {
    log.variable(7, AUTHORITY, "db", content(signer));
  }

  private static void loader(EventLogBuilder log, String kernel) {
    log.measured(5, GPT, content("partition table"));
    log.image(4, APPLICATION, content("shim"), "\\EFI\\debian\\shimx64.efi");
    log.image(4, APPLICATION, content("GRUB"), "\\EFI\\debian\\grubx64.efi");
    command(log, "linux /vmlinuz root=/dev/vda1 ro");
    log.event(9, IPL, content(kernel), ascii("/vmlinuz\0"));
    log.image(4, APPLICATION, content(kernel), "\\vmlinuz");
    command(log, "initrd /initrd.img");
    log.event(9, IPL, content("initrd of " + kernel), ascii("/initrd.img\0"));
  }

  /** GRUB measures the command and logs it behind a label. */
  private static void command(EventLogBuilder log, String command) {
    log.event(8, IPL, ascii(command), ascii("grub_cmd: " + command + "\0"));
  }

  private static byte[] blob(long address) {
    byte[] blob = new byte[16];
    for (int at = 0; at < 8; at++) {
      blob[at] = (byte) (address >>> (8 * at));
    }
    return blob;
  }

  /** Something of the length such things have. */
  private static byte[] content(String name) {
    return Arrays.copyOf(ascii(name), 200);
  }
}

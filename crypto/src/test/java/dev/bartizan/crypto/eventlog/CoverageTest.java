// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static dev.bartizan.crypto.eventlog.EventLogBuilder.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Attack: a log whose digests are all true, and whose words are not. */
class CoverageTest {
  private static final int DRIVER_CONFIG = 0x8000_0001;
  private static final int VARIABLE_BOOT = 0x8000_0002;
  private static final int APPLICATION = 0x8000_0003;
  private static final int IPL = 0x0000_000d;

  @Test
  void whatTheDigestIsOfIsSaidForEachEvent() throws Exception {
    byte[] variable = EventLogBuilder.variable("Boot0001", ascii("value"));
    EventLog log =
        EventLog.read(
            EventLogBuilder.agile(LogHash.SHA1, LogHash.SHA256)
                .separator(0)
                .measured(7, DRIVER_CONFIG, EventLogBuilder.variable("SecureBoot", new byte[] {1}))
                .event(1, VARIABLE_BOOT, ascii("value"), variable)
                .event(8, IPL, ascii("linux /vmlinuz"), ascii("grub_cmd: linux /vmlinuz\0"))
                .event(4, APPLICATION, ascii("code"), ascii("a device path"))
                .event(7, DRIVER_CONFIG, ascii("off"), ascii("on"))
                .build());
    assertEquals(
        List.of(
            Coverage.NOT_MEASURED,
            Coverage.WHOLE,
            Coverage.WHOLE,
            Coverage.VALUE,
            Coverage.VALUE,
            Coverage.NONE,
            Coverage.CONTRADICTED),
        log.events().stream().map(MeasuredEvent::coverage).toList());
  }

  @Test
  void dataThatFitsOneBankAndNotTheOtherIsNotCovered() throws Exception {
    EventLogBuilder log = EventLogBuilder.agile(LogHash.SHA1, LogHash.SHA256);
    log.u32(0).u32(EventLogBuilder.SEPARATOR).u32(2);
    log.raw(new byte[] {4, 0}).raw(LogHash.SHA1.messageDigest().digest(new byte[4]));
    log.raw(new byte[] {0xb, 0}).raw(new byte[32]).u32(4).raw(new byte[4]);
    assertEquals(Coverage.CONTRADICTED, EventLog.read(log.build()).events().get(1).coverage());
  }

  @Test
  void secureBootIsBelievedOnlyWhereItsVariableIsMeasuredAndFirst() throws Exception {
    byte[] on = EventLogBuilder.variable("SecureBoot", new byte[] {1});
    byte[] off = EventLogBuilder.variable("SecureBoot", new byte[] {0});
    assertEquals(SecureBoot.ON, state(log().measured(7, DRIVER_CONFIG, on)));
    assertEquals(SecureBoot.OFF, state(log().measured(7, DRIVER_CONFIG, off)));
    assertEquals(SecureBoot.UNKNOWN, state(log()));
    assertEquals(SecureBoot.UNKNOWN, state(log().event(7, DRIVER_CONFIG, off, on)));
    assertEquals(SecureBoot.UNKNOWN, state(log().separator(7).measured(7, DRIVER_CONFIG, on)));
    // Attack: extended later, by whoever booted with it off.
    assertEquals(
        SecureBoot.OFF,
        state(log().measured(7, DRIVER_CONFIG, off).measured(7, DRIVER_CONFIG, on)));
  }

  @Test
  void aSeparatorIsKnownByItsDigestWhateverItIsCalled() throws Exception {
    for (LogHash bank : List.of(LogHash.SHA1, LogHash.SHA256)) {
      assertEquals(Optional.of(Separator.NORMAL), separator(bank, new byte[4]));
      assertEquals(Optional.of(Separator.NORMAL), separator(bank, new byte[] {-1, -1, -1, -1}));
      assertEquals(Optional.of(Separator.ERROR), separator(bank, new byte[] {1, 0, 0, 0}));
      assertEquals(Optional.empty(), separator(bank, ascii("EV_SEPARATOR")));
    }
  }

  private static EventLogBuilder log() {
    return EventLogBuilder.agile(LogHash.SHA256);
  }

  private static SecureBoot state(EventLogBuilder log) throws LogRefusal {
    return SecureBoot.of(EventLog.read(log.build()));
  }

  private static Optional<Separator> separator(LogHash bank, byte[] data) {
    return Separator.find(bank, Bytes.of(bank.messageDigest().digest(data)));
  }
}

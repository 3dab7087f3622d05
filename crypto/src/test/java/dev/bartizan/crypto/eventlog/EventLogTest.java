// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static dev.bartizan.crypto.eventlog.EventLogBuilder.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final LogHash SHA384 = new LogHash(0x000c, 48);
  private static final LogHash SHA512 = new LogHash(0x000d, 64);
  private static final LogHash SM3 = new LogHash(0x0012, 32);
  private static final LogHash NOBODYS = new LogHash(0x0099, 40);
  private static final int POST_CODE = 1;
  private static final int HCRTM = 0x8000_0010;

  @Nested
  class Replays {
    @Test
    void eachBankIsExtendedWithItsOwnDigests() throws Exception {
      EventLog log =
          read(
              EventLogBuilder.agile(LogHash.SHA1, LogHash.SHA256, SHA384, SHA512, SM3)
                  .measured(4, POST_CODE, ascii("one"))
                  .measured(4, POST_CODE, ascii("two")));
      for (LogHash bank : log.banks()) {
        byte[] once = extend(bank, new byte[bank.size()], ascii("one"));
        assertEquals(
            Optional.of(Bytes.of(extend(bank, once, ascii("two")))), log.replay().find(bank, 4));
      }
      assertEquals(5, log.replay().banks().size());
    }

    @Test
    void aBankNobodyCanComputeIsSkippedAndTheOthersGoOn() throws Exception {
      EventLog log =
          read(EventLogBuilder.agile(NOBODYS, LogHash.SHA256).measured(0, POST_CODE, ascii("x")));
      assertEquals("0x0099", log.banks().get(0).text());
      assertEquals(Set.of(LogHash.SHA256), log.replay().banks().keySet());
    }

    @Test
    void startUpLocalityIsTheLastByteOfPcr0Alone() throws Exception {
      for (int locality : List.of(0, 3, 4)) {
        EventLog log =
            read(
                EventLogBuilder.agile(LogHash.SHA256)
                    .startupLocality(locality)
                    .measured(0, POST_CODE, ascii("x"))
                    .measured(1, POST_CODE, ascii("x")));
        byte[] start = new byte[32];
        start[31] = (byte) locality;
        assertPcr(extend(LogHash.SHA256, start, ascii("x")), log, 0);
        assertPcr(extend(LogHash.SHA256, new byte[32], ascii("x")), log, 1);
      }
    }

    @Test
    void anHcrtmMeansLocality4EvenWhenNothingElseSaysSo() throws Exception {
      EventLog log =
          read(EventLogBuilder.agile(LogHash.SHA256).event(0, HCRTM, ascii("x"), ascii("HCRTM")));
      byte[] start = new byte[32];
      start[31] = 4;
      assertPcr(extend(LogHash.SHA256, start, ascii("x")), log, 0);
    }

    @Test
    void thePcrsOfADynamicLaunchStartWithOnes() throws Exception {
      EventLog log =
          read(EventLogBuilder.agile(LogHash.SHA256).measured(17, POST_CODE, ascii("x")));
      byte[] start = new byte[32];
      Arrays.fill(start, (byte) 0xff);
      assertPcr(extend(LogHash.SHA256, start, ascii("x")), log, 17);
    }

    @Test
    void aNoActionEventExtendsNothing() throws Exception {
      EventLog log =
          read(EventLogBuilder.agile(LogHash.SHA256).event(5, 3, ascii("x"), ascii("x")));
      assertEquals(Map.of(), log.replay().banks().get(LogHash.SHA256));
    }

    @Test
    void aLogWithoutHeaderIsOneOfSha1() throws Exception {
      EventLog log = read(EventLogBuilder.sha1().measured(4, POST_CODE, ascii("x")));
      assertEquals(EventLog.Format.TCG_SHA1, log.format());
      assertEquals(
          Optional.of(Bytes.of(extend(LogHash.SHA1, new byte[20], ascii("x")))),
          log.replay().find(LogHash.SHA1, 4));
    }

    @Test
    void theHeaderOfAnOlderProfileIsNoReasonToExpectAgileEvents() throws Exception {
      EventLog log =
          read(
              EventLogBuilder.sha1()
                  .header(ascii("Spec ID Event02\0 and so on"))
                  .measured(4, POST_CODE, ascii("x")));
      assertEquals(List.of(LogHash.SHA1), log.banks());
      assertEquals(2, log.events().size());
    }
  }

  @Nested
  class Ends {
    @Test
    void zerosOnesAndNothingAllEndALog() throws Exception {
      Bytes log = log().build();
      byte[] ones = new byte[500];
      Arrays.fill(ones, (byte) 0xff);
      for (byte[] padding :
          List.of(new byte[3], new byte[500], ones, new byte[] {-1, -1, -1, -1})) {
        EventLog padded = EventLog.read(plus(log, padding));
        assertEquals(Ending.Kind.PADDED, padded.ending().kind());
        assertEquals(EventLog.read(log).events(), padded.events());
      }
      assertEquals(Ending.Kind.COMPLETE, EventLog.read(log).ending().kind());
    }

    @Test
    void anEventForNoPcrDoesNotEndALog() throws Exception {
      EventLog log =
          read(
              EventLogBuilder.agile(LogHash.SHA256)
                  .event(-1, 3, ascii("x"), ascii("SP800-155 Event3"))
                  .measured(0, POST_CODE, ascii("x")));
      assertEquals(3, log.events().size());
      assertEquals(MeasuredEvent.NO_PCR, log.events().get(1).pcr());
    }

    @Test
    void aLogCutAnywhereIsTruncatedOrShorterAndNeverMore() throws Exception {
      byte[] whole = FirmwareBoot.log("k", LogHash.SHA1, LogHash.SHA256).toArray();
      List<MeasuredEvent> events = EventLog.read(Bytes.of(whole)).events();
      int header = 32 + 28 + 2 * 4 + 1;
      for (int length = header; length < whole.length; length++) {
        EventLog cut = EventLog.read(Bytes.of(Arrays.copyOf(whole, length)));
        assertEquals(events.subList(0, cut.events().size()), cut.events());
        assertTrue(cut.ending().isTruncated() || cut.events().size() < events.size());
      }
    }

    @Test
    void aSizeThatIsMadeUpTakesNoMemory() throws Exception {
      for (int size : List.of(0x7fff_ffff, -1)) {
        EventLogBuilder log = log().u32(4).u32(POST_CODE).u32(1);
        log.raw(new byte[] {0xb, 0}).raw(new byte[32]).u32(size);
        assertTrue(read(log).ending().isTruncated());
        assertEquals(2, read(log).events().size());
      }
    }
  }

  @Nested
  class Refused {
    @Test
    void noByteAtAll() {
      assertRefused(Code.EMPTY, Bytes.empty());
    }

    @Test
    void moreBytesThanAnyBootHas() {
      assertRefused(Code.TOO_LARGE, Bytes.of(new byte[EventLog.MAX_LENGTH + 1]));
    }

    @Test
    void moreEventsThanAnyBootHas() throws Exception {
      EventLogBuilder log = EventLogBuilder.agile(LogHash.SHA256);
      for (int event = 1; event < EventLog.MAX_EVENTS; event++) {
        log.separator(0);
      }
      assertEquals(EventLog.MAX_EVENTS, read(log).events().size());
      assertRefused(Code.TOO_LARGE, log.separator(0).build());
    }

    @Test
    void textAndPadding() {
      assertRefused(Code.UNKNOWN_FORMAT, Bytes.of(ascii("not a log")));
      assertRefused(Code.UNKNOWN_FORMAT, Bytes.of(new byte[100]));
    }

    @Test
    void aHeaderThatDoesNotAddUp() {
      List<LogHash> one = List.of(LogHash.SHA256);
      for (byte[] header :
          List.of(
              EventLogBuilder.specId(0, List.of(), new byte[0]),
              EventLogBuilder.specId(-1, one, new byte[0]),
              EventLogBuilder.specId(3, one, new byte[0]),
              EventLogBuilder.specId(2, List.of(LogHash.SHA256, LogHash.SHA256), new byte[0]),
              EventLogBuilder.specId(1, List.of(new LogHash(0x000b, 20)), new byte[0]),
              EventLogBuilder.specId(1, List.of(new LogHash(0x0099, 0)), new byte[0]),
              EventLogBuilder.specId(1, List.of(new LogHash(0x0099, 65)), new byte[0]),
              Arrays.copyOf(EventLogBuilder.specId(1, one, new byte[9]), 40),
              ascii("Spec ID Event03\0"))) {
        assertRefused(Code.BAD_HEADER, EventLogBuilder.sha1().header(header).build());
      }
    }

    @Test
    void vendorInformationIsNoFault() throws Exception {
      byte[] header = EventLogBuilder.specId(1, List.of(LogHash.SHA256), new byte[9]);
      assertEquals(1, EventLog.read(EventLogBuilder.sha1().header(header).build()).events().size());
    }

    @Test
    void eventsThatCannotBe() {
      byte[] digest = new byte[32];
      for (EventLogBuilder log :
          List.of(
              log().measured(24, POST_CODE, ascii("no such PCR")),
              log().u32(-2).u32(POST_CODE).u32(0).u32(0),
              log().u32(4).u32(POST_CODE).u32(0).u32(0),
              log().u32(4).u32(POST_CODE).u32(-1),
              log().u32(4).u32(POST_CODE).u32(2).raw(new byte[] {0xb, 0}).raw(digest),
              log().u32(4).u32(POST_CODE).u32(1).raw(new byte[] {0xc, 0}).raw(new byte[48]))) {
        assertRefused(Code.BAD_EVENT, log.build());
      }
    }

    @Test
    void oneAlgorithmTwiceInAnEvent() {
      EventLogBuilder log = EventLogBuilder.agile(LogHash.SHA1, LogHash.SHA256);
      log.u32(4).u32(POST_CODE).u32(2);
      log.raw(new byte[] {4, 0}).raw(new byte[20]).raw(new byte[] {4, 0}).raw(new byte[20]).u32(0);
      assertRefused(Code.BAD_EVENT, log.build());
    }

    @Test
    void twoStartUpLocalitiesAndOneThatCannotBe() {
      assertRefused(Code.CONTRADICTION, log().startupLocality(0).startupLocality(3).build());
      assertRefused(
          Code.CONTRADICTION,
          log().startupLocality(3).event(0, HCRTM, ascii("x"), ascii("HCRTM")).build());
      assertRefused(Code.CONTRADICTION, log().startupLocality(7).build());
    }
  }

  @Test
  void aPcrOfWhichADigestIsMissingIsNotClaimed() throws Exception {
    EventLogBuilder log = EventLogBuilder.agile(LogHash.SHA1, LogHash.SHA256);
    log.measured(4, POST_CODE, ascii("whole")).measured(5, POST_CODE, ascii("whole"));
    log.u32(4).u32(POST_CODE).u32(1).raw(new byte[] {4, 0}).raw(new byte[20]).u32(0);
    Replay replay = read(log).replay();
    assertTrue(replay.find(LogHash.SHA1, 4).isPresent());
    assertTrue(replay.find(LogHash.SHA256, 4).isEmpty());
    assertTrue(replay.find(LogHash.SHA256, 5).isPresent());
  }

  private static EventLogBuilder log() {
    return EventLogBuilder.agile(LogHash.SHA256).measured(4, POST_CODE, ascii("x"));
  }

  private static EventLog read(EventLogBuilder log) throws LogRefusal {
    return EventLog.read(log.build());
  }

  private static Bytes plus(Bytes log, byte[] padding) {
    byte[] padded = Arrays.copyOf(log.toArray(), log.length() + padding.length);
    System.arraycopy(padding, 0, padded, log.length(), padding.length);
    return Bytes.of(padded);
  }

  private static void assertPcr(byte[] expected, EventLog log, int pcr) {
    assertEquals(Optional.of(Bytes.of(expected)), log.replay().find(LogHash.SHA256, pcr));
  }

  private static void assertRefused(Code code, Bytes log) {
    LogRefusal refusal = assertThrows(LogRefusal.class, () -> EventLog.read(log));
    assertEquals(code, refusal.reason(), refusal.getMessage());
  }

  private static byte[] extend(LogHash bank, byte[] before, byte[] measured) {
    MessageDigest hash = bank.messageDigest();
    byte[] digest = hash.digest(measured);
    hash.update(before);
    return hash.digest(digest);
  }
}

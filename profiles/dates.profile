# How boards write dates, in the languages that are read so far. For every profile.
#
# Format: ekbom-profile(5). A format is PHP's date() notation; blanks and commas may lack.

[dates]
# en
months     January/Jan February/Feb March/Mar April/Apr May June/Jun July/Jul August/Aug September/Sep/Sept October/Oct November/Nov December/Dec
weekdays   Monday/Mon Tuesday/Tue/Tues Wednesday/Wed Thursday/Thu/Thur/Thurs Friday/Fri Saturday/Sat Sunday/Sun
today      Today
yesterday  Yesterday
tomorrow   Tomorrow
# de
months     Januar/Jan/Jänner Februar/Feb März/Mär/Mrz April/Apr Mai Juni/Jun Juli/Jul August/Aug September/Sep/Sept Oktober/Okt November/Nov Dezember/Dez
weekdays   Montag/Mo/Mon Dienstag/Di/Die Mittwoch/Mi/Mit Donnerstag/Do/Don Freitag/Fr/Fre Samstag/Sa/Sam/Sonnabend Sonntag/So/Son
today      Heute
yesterday  Gestern
tomorrow   Morgen
# fr
months     janvier/jan/janv février/fév/févr mars/mar avril/avr mai juin juillet/juil août/aoû septembre/sept/sep octobre/oct novembre/nov décembre/déc
weekdays   lundi/lun mardi/mar mercredi/mer jeudi/jeu vendredi/ven samedi/sam dimanche/dim
today      Aujourd’hui Aujourd'hui
yesterday  Hier
tomorrow   Demain
# es
months     enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/sep/setiembre octubre/oct noviembre/nov diciembre/dic
weekdays   lunes/lun martes/mar miércoles/mié/mie jueves/jue viernes/vie sábado/sab/sáb domingo/dom
today      Hoy
yesterday  Ayer
tomorrow   Mañana
# it
months     gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago settembre/set ottobre/ott novembre/nov dicembre/dic
weekdays   lunedì/lun martedì/mar mercoledì/mer giovedì/gio venerdì/ven sabato/sab domenica/dom
today      Oggi
yesterday  Ieri
tomorrow   Domani
# nl
months     januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep oktober/okt november/nov december/dec
weekdays   maandag/ma dinsdag/di woensdag/wo donderdag/do vrijdag/vr zaterdag/za zondag/zo
today      Vandaag
yesterday  Gisteren
# pt
months     janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set outubro/out novembro/nov dezembro/dez
weekdays   segunda-feira/seg terça-feira/ter quarta-feira/qua quinta-feira/qui sexta-feira/sex sábado/sáb domingo/dom
today      Hoje
yesterday  Ontem
# sv, da, no
months     januari/jan/januar februari/feb/februar mars/mar/marts april/apr maj/mai juni/jun juli/jul augusti/aug/august september/sep/sept oktober/okt november/nov december/dec/desember/des
weekdays   måndag/mån/mandag/man tisdag/tis/tirsdag/tir/tirs onsdag/ons torsdag/tor/tors fredag/fre lördag/lör/lørdag/lør söndag/sön/søndag/søn
today      Idag I_dag
yesterday  Igår I_går
# pl
months     stycznia/styczeń/sty lutego/luty/lut marca/marzec/mar kwietnia/kwiecień/kwi maja/maj czerwca/czerwiec/cze lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz października/październik/paź listopada/listopad/lis grudnia/grudzień/gru
weekdays   poniedziałek/pn/pon wtorek/wt środa/śr czwartek/cz/czw piątek/pt sobota/sob/so niedziela/ndz/nie/n
today      Dzisiaj Dziś
yesterday  Wczoraj
# ru
months     января/январь/янв февраля/февраль/фев марта/март/мар апреля/апрель/апр мая/май июня/июнь/июн июля/июль/июл августа/август/авг сентября/сентябрь/сен октября/октябрь/окт ноября/ноябрь/ноя декабря/декабрь/дек
weekdays   понедельник/пн вторник/вт среда/ср четверг/чт пятница/пт суббота/сб воскресенье/вс
today      Сегодня
yesterday  Вчера

morning    am a.m
afternoon  pm p.m
ordinal    st nd rd th er º
joiner     at um à alle a_las a om o kl v в

# Where both could be, these languages put the day before the month.
day-first  de fr es it nl pt sv da no nb nn pl ru

format  D M dS, Y g:i a
format  D M dS, Y H:i:s
format  D M dS, Y H:i
format  D dS. M Y, ~ H:i:s
format  D dS. M Y, ~ H:i
format  D dS M Y, ~ g:i a
format  D dS M Y, ~ H:i:s
format  D dS M Y, ~ H:i
format  M dS, Y ~ g:i:s a
format  M dS, Y, ~ g:i a
format  M dS, Y, ~ H:i:s
format  M dS, Y, ~ H:i
format  dS. M Y, ~ H:i:s
format  dS. M Y, ~ H:i
format  dS M Y, ~ g:i:s a
format  dS M Y, ~ g:i a
format  dS M Y, ~ H:i:s
format  dS M Y, ~ H:i
format  dS de M de Y, ~ H:i
format  d-M-Y, g:i a
format  d-M-Y, H:i
format  Y-m-d, ~ g:i a
format  Y-m-d, ~ H:i:s
format  Y-m-d, ~ H:i
format  Y/m/d, ~ H:i:s
format  Y/m/d, ~ H:i
format  d.m.Y, ~ g:i a
format  d.m.Y, ~ H:i:s
format  d.m.Y, ~ H:i
format  d.m.y, ~ H:i
format  1/2/Y, ~ g:i:s a
format  1/2/Y, ~ g:i a
format  1/2/Y, ~ H:i:s
format  1/2/Y, ~ H:i
format  1/2/y, ~ g:i a
format  1/2/y, ~ H:i
format  1-2-Y, ~ g:i a
format  1-2-Y, ~ H:i
format  R, ~ g:i a
format  R, ~ H:i:s
format  R, ~ H:i

# Seconds that one N stands for.
ago  0     less than a minute ago
ago  60    N minute ago
ago  60    N minutes ago
ago  3600  N hour ago
ago  3600  N hours ago
ago  0     vor weniger als einer Minute
ago  60    vor N Minute
ago  60    vor N Minuten
ago  0     il y a moins d’une minute
ago  60    il y a N minute
ago  60    il y a N minutes
ago  0     hace menos de un minuto
ago  60    hace N minuto
ago  60    hace N minutos
ago  0     meno di un minuto fa
ago  60    N minuto fa
ago  60    N minuti fa
ago  0     minder dan een minuut geleden
ago  60    N minuut geleden
ago  60    N minuten geleden

# What language packs make of zone names.
zone  Europa/Berlin     Europe/Berlin
zone  Europa/Wien       Europe/Vienna
zone  Europa/Zürich     Europe/Zurich
zone  Europa/London     Europe/London
zone  Europa/Madrid     Europe/Madrid
zone  Europa/Roma       Europe/Rome
zone  Europa/Rom        Europe/Rome
zone  Europa/Paris      Europe/Paris
zone  Europa/Amsterdam  Europe/Amsterdam
zone  Europa/Brussel    Europe/Brussels
zone  Europa/Warszawa   Europe/Warsaw
zone  Europa/Stockholm  Europe/Stockholm

"""How telling a word is in the news: derived once from how many of 8,000 articles hold it.

Function words, and the words by which claims are attributed, denied or hedged, tell nothing of a claim's
content: the cue and the stance say that already.
"""

_EMPTY = """
a about above according across added adds after again against all allegation allegations almost already
also although am among an and another any approximately apr april are aren't around as ask asked asks at
aug august be because been before being below between both but by can can't cannot claim claimed claims
could couldn't d dec december denial denied denies deny denying did didn't dismiss dismissed dismisses
do does doesn't doing don't done down dr during each even ever every feb february few for friday from
further had hadn't has hasn't have haven't having he he's her here hers him his how i i'm if in into is
isn't it it's its jan january jul july jun june just least ll m many mar march may me might mine monday
more most mr mrs ms much must my n't nearly never no nor not nov november now oct october of off on
one's only onto or other our ours out over own quite re really reject rejected rejects report reported
reportedly reports roughly rumor rumors rumour rumours s said same saturday say saying says sep sept
september shall she she's should shouldn't since so some statement still such sunday t tell tells than
that that's the their theirs them then there these they they're this those though through thursday to
today told tomorrow tonight too toward towards tuesday under unless until up upon us ve very was wasn't
we we're wednesday well were weren't what when where whereas whether which while who whom whose why will
with within without won't would wouldn't yesterday yet you your yours
"""

# In more than a tenth of the articles.
_VERY_COMMON = """
ability able access act action actions actually address administration agency ago agree ahead allow
allowed along always america american americans announced answer anti anyone anything approach april
article associated attack attacks attention attorney away back bad barack based became become began
behind believe best better beyond big biggest bill billion black bring brought bush business california
call called calling calls came campaign candidate candidates care case cases cause center certain
certainly chairman chance change changed changes chief children citizens city civil class clear clinton
close cnn co college com come comes coming comment comments committee common community companies company
concerns conference congress congressional conservative consider continue continued control cost
countries country course court coverage create created crisis current currently cut daily data david day
days deal death debate decades decided decision defense democrat democratic democrats department
described despite different difficult director donald due earlier early economic economy effect effort
efforts either elected election elections else email end enough especially event everyone everything
evidence exactly example executive expected face fact failed fall families family far federal feel fight
final financial find first five focus follow following force foreign former forward found four fox free
friday front full future gave general george get getting give given giving global go goes going good gop
got gov government great group groups growing half hand happen happened hard head health heard held help
helped high higher hillary himself history hit hold home hope hours house however human idea immigration
impact important include included including increase information instead intelligence interest
international interview investigation involved issue issues itself january job jobs joe john july june
justice keep key killed kind know known large largely last late later latest law lawmakers laws lead
leader leaders leadership leading leave led left legal legislation less let level liberal life like
likely line list little live lives local long longer look looking lost lot low lower made major majority
make makes making man march mark market matter mean means meanwhile media meet meeting member members
men message michael middle military million millions moment monday money month months morning move
movement name nation national near need needed needs new news next night non north noted nothing
november number numbers obama office official officials often old once one open opportunity order others
outside part particularly parties party passed past paul pay people percent perhaps person personal
photo place plan plans play point points police policies policy political politics popular position
possible post potential power president presidential press pressure previous primary private probably
problem problems process program protect provide public published push put question questions quickly
race raised rate rather read real reason received recent recently record reform related released remain
remains rep reporters republican republicans research response result right rights risk role rules run
running russia saw school second secretary security see seem seems seen self sen senate senator senior
sense sent serious service services set several share short show showed shows side sign significant
similar simply single situation six small social someone something soon south speaking special speech
spending spent spoke staff stand start started state states stay step stop stories story street strong
sunday support supporters supreme sure system take taken taking talk talking tax team term terms texas
th themselves thing things think third thought thousands threat three thursday time times today together
took top total tried true trump try trying tuesday turn turned twitter two understand union united
university use used using vice video view views violence vote voters votes wall want wanted wants war
washington watch way ways wednesday week weeks went white whole win women won words work worked workers
working world wrong wrote year years york young
"""

# In three to ten of a hundred.
_COMMON = """
abc abortion abroad absolutely abuse accept accepted account accountable accounts accurate accusations
accused achieve acknowledged acting active activist activists activities activity acts actual ad adam
add adding addition additional addressed addressing admitted adopted ads adults advance advantage
advertisement advice adviser advisers advocacy advocates affairs affect affected afford affordable
afghanistan afraid african afternoon age agencies agenda agents aggressive agreed agreement aid aide
aides aimed air al alabama alleged allegedly allies allowing allows ally alone alternative ambassador
amendment amid amount amounts analysis analyst analysts andrew angeles anger angry announcement annual
answers anthony anybody anyway anywhere ap apart apparent apparently appeal appeals appear appearance
appeared appears apply appointed appropriate approval approve approved area areas argue argued argues
arguing argument arguments arizona armed arms army arrest arrested arrived articles aside asking assault
assessment assistance assistant association attacked attacking attempt attempted attempts attend
attended audience august author authorities authority available average avoid aware backed background
backing backlash balance ballot ban bank bar base basic basically basis battle beat becomes becoming
begin beginning begins begun behalf behavior belief beliefs believed believes ben benefit benefits
bernie bias bid biden bigger billions bills bipartisan bit blame blamed block blocked blood bloomberg
blue board bob body book books boost border borders born boston bottom brand break breaking brian brief
briefing bringing british broad broader broke broken brown budget build building built bureau businesses
buy buying cabinet calif campaigns canada capacity capital capitol caption car career carolina carried
carry carrying cash cast caucus caught caused causes cbs centers central century ceo chair challenge
challenged challenges challenging chamber chances changing character charge charged charges charles
check checks chicago child china chinese choice choices choose chose chris christian chuck church cia
circumstances cited cities citing citizen citizenship claiming classified clean clearly click climate
closed closely closer closing club coalition code cold colleagues color colorado columbia combat
combined commerce commission commitment committed communications communities compared complete
completely complex complicated comprehensive compromise concern concerned concluded conclusion condition
conditions conduct conducted confidence confident confirm confirmation confirmed conflict congressman
connected connection consensus consequences conservatives considered considering consistent consistently
conspiracy constitution constitutional consumer consumers contact content contest context continues
continuing contrast contributed controlled controversial controversy convention conversation
conversations convince convinced cooperation copyright core coronavirus corporate correct corruption
costs council counsel count counter county couple courts cover covered covering covid crazy creating
credit crime crimes criminal critical criticism criticized critics cross crowd crucial cruz cultural
culture cuts cutting cycle damage danger dangerous dark date daughter de dead deadly dealing deals
deaths debates debt decade december decide decisions declared decline declined deep deeply defeat defend
defended defending deficit defined degree delay deliver delivered demand demanding demands democracy
deputy describe designed desire destroy detail detailed details determine determined develop developed
developing development die died difference differences digital diplomatic direct directed direction
directly disagree disaster discrimination discuss discussed discussing discussion discussions disease
dispute district districts diverse divide divided division doctors document documents dollar dollars
domestic donors door double doubt dozen dozens dramatic dramatically draw drawn drew drive driven
driving drop dropped drug drugs duty eager earned earth easier easily east eastern easy ed editor
education effective effectively effects eight elect electoral electorate eligible eliminate elizabeth
elsewhere emails embrace emerged emergency employee employees employment encourage ended ending endorsed
ends enemy energy enforcement engage engaged enlarge enormous ensure enter entered entering entire
entirely environment environmental equal equipment era eric error essential essentially established
establishment estate estimated estimates europe european evening events eventually everybody examples
except exchange exercise exist existing expand expanded expanding expansion expect expensive experience
experienced expert experts explain explained explains exposed express expressed extended extent extra
extraordinary extreme extremely eye eyes facebook faced faces facilities facing factor factors facts
fail failing failure fair fairly faith fake fallen false familiar famous fast father favor favorite fbi
fear fears february feeling feels fell fellow felt female fewer field fighting figure figures file filed
fill filled finally finance finding findings finds fine fire fired firing firm fiscal fit fix floor
florida focused folks followed food forced forces form forms fought foundation founder fourth francisco
fraud freedom frequently fresh friend friendly friends fully fund fundamental funded funding funds gain
gains game gap gas gay gender generally generation georgia germany gets getty gives goal goals god gone
google gotten governments governor governors graham grand grant granted greater greatest green grew
ground grow grown growth guard guess guidelines guilty gun guns guy hall hampshire handful handle
handling hands happening happens happy harder hardly harm harvard hate headed headlines heads healthcare
healthy hear hearing hearings heart heavily heavy helping helps herself highest highlights highly hill
historic historically holding holds homeland homes honest honor hopes hoping hospital hospitals host hot
hour housing https huge hundreds hurt husband ideas identified identify identity ideological ideology
ignore ignored ii ill illegal illegally illinois image images imagine immediate immediately immigrant
immigrants impeachment importance imposed impossible improve inbox incident includes income increased
increases increasing increasingly indeed independent indiana indicated individual individuals industry
influence informed infrastructure initial initially initiative inquiry inside insisted instance
institute institution institutions insurance integrity intended intense interested interesting interests
interference internal internet interviews introduced investigate investigating investigations
investigators investment involving iowa iran iraq isis islamic island israel issued jail james jan jeff
jersey jim johnson join joined joint jones journal journalism journalist journalists jr judge judgment
judiciary keeping kelly kentucky kept kevin kids kill killing kinds king knew knowing knowledge knows
korea labor lack laid land language larger largest launch launched lawsuit lawyer lawyers leads leaning
learn learned learning leaves leaving lee legally legislative legislature legitimate letter levels
liberals liberty lie lies light limit limited limits lines link linked listen literally lived living llc
longtime looked looks los lose losing loss lots love lowest lying magazine mail main mainstream maintain
manage managed management manager marco margin markets marriage martin maryland mass massachusetts
massive material matt matters maybe mayor mccain mcconnell meaning meaningful meant measure measures
medicaid medical medicare meetings memo mental mention mentioned merely messages met mexico michigan mid
midterm mike miles mind minds minimum minister minnesota minority minute minutes mission mistake mitch
mitt model moderate modern moments monitor moral mostly mother motivated moved moves moving mueller
multiple murder muslim myself named names nancy narrative narrow nations nationwide natural nature nbc
necessarily necessary negative negotiations neither net network networks nevada newly newsletter
newsletters newspaper nine nobody nomination nominee none normal northern note notes notice noting
notion nuclear numerous obamacare obtained obvious obviously occurred october offer offered offering
offers officer officers offices oh ohio oil ok older ones ongoing online opened opening openly operating
operation operations opinion opinions opponent opponents opportunities oppose opposed opposing opposite
opposition option options ordered orders organization organizations organized original originally
otherwise ourselves outbreak outcome outlets outrage overall oversight overwhelming owned owners package
page paid pandemic panel paper parents park particular partisan partner partners parts pass passage
passing path patients pattern paying payments peace pelosi pence pennsylvania pentagon per percentage
perfect performance period permanent permission personally personnel perspective pete peter phone photos
physical pic pick picked picture piece placed places planned planning platform played playing please
pledged plenty plus pointed pointing polarization politically politician politicians politico poll
polling polls poor population portion positions positive possibility possibly posted potentially poverty
powerful powers practice practices praised pre predicted prepared presence present presented presidency
presidents pressed pretty prevent previously price prices primaries primarily prime principles prior
priorities priority prison privacy pro probe produce produced product production products professional
professor profile profit programs progress progressive project prominent promise promised promises
promote prompted proof property proposal proposals proposed prosecutors prospect protected protecting
protection protections protest protesters protests prove proven provided provides providing publicly
pull pulled purpose pursue pushed pushing putin puts putting quality quarter questioned quick races
racial racism racist radical radio raise raises raising rally ran range rare rates rating reach reached
reaching reaction reading ready reagan reality realize reasonable reasons receive receiving recession
recognize records recovery red reduce reduced reducing reference referred referring reflect reforms
refused refusing regarding regardless regime region registered regular regularly regulations relations
relationship relatively release relevant relief religion religious rely remained remaining remarks
remember remove removed repeal repeated repeatedly replace reporter reporting represent representative
representatives represented represents reprint republic request requests require required requirements
requires requiring researchers residents resolution resources respect respond responded responsibility
responsible rest restrictions results retired return returned reuters revealed revenue review rhetoric
rich richard rick rise rising risks rival road robert roll romney ronald room rose round rubio rule
ruled ruling runs rural russian ryan safe safety sales san sanctions sanders sarah saturday save scale
scandal scene scheduled schools schumer science scientists scott scrutiny search season seat seats
secret section sector secure seeing seek seeking seemed sees sell selling senators send sending separate
sept september series seriously serve served serving session sessions setting seven severe sex sexual
shape shared sharing shift shooting shortly shot showing shown shut shutdown sick sides signed
significantly signing signs similarly simple sit site sites sitting size slightly slow smaller smart
society solution solutions solve somebody somehow sometimes somewhat son sort sought sound sounds source
sources southern space speak speaker speaks specific specifically spend split spoken spokesman
spokesperson spokeswoman spot spread spring st staffers stage standard standards standing stands star
starting stated statements status stephen steps steve stock stood stopped store straight strategic
strategist strategy streets strength strike stronger strongly struck struggle struggling student
students studies study stuff style subject substantial success successful suddenly suffered suffering
suggest suggested suggesting suggests summer super supply supported supporting supports supposed
surprise surprised surprising surrounding surveillance survey susan suspect sweeping swing syria systems
table tactics takes talked talks target targeted targeting targets task taxes tea tech technology ted
television telling temporary ten tend tens tensions terrible territory terror terrorism terrorist
terrorists test tested testimony testing tests text thank thanks theory therefore thinking thinks thirds
thomas threatened threatening threats throughout thus tied ties tim toggle tom tone tonight tool topic
totally touch tough town track trade traditional trail training transition travel treasury treat treated
treatment trend trial trillion trip troops trouble truly trust truth turning turns tv tweet tweeted
tweets twice type types typically ukraine ultimately un unable unclear undermine understanding
understood unemployment unfortunately unique universal unlike unlikely unprecedented unusual update
updated urban urged urging usa users uses usual usually value values variety various vast vermont
version veteran veterans via victims victory videos viewed violation violent virginia virtually virus
vision visit voice voices voted voter voting vowed vulnerable wage wages wait waiting wake walk warned
warning warren wars watched watching water wave weak wealth wealthy weapons wearing website weekend
welcome west western whatever wide widely widespread wife william willing wing winning wins wisconsin
wish witness witnesses woman wonder word worker works worried worry worse worst worth write writer
writes writing written yes yesterday younger zero
"""

EMPTY = frozenset(_EMPTY.split())
VERY_COMMON = frozenset(_VERY_COMMON.split())
COMMON = frozenset(_COMMON.split())
